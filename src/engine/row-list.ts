/** A short list of row or seat numbers that is filled and emptied over and over without allocation. */
export class RowList {
  size = 0;
  readonly rows: Int32Array;

  constructor(capacity: number) {
    this.rows = new Int32Array(capacity);
  }

  push(row: number): void {
    this.rows[this.size++] = row;
  }

  /** Removes a row that is in the list; the others keep their order. */
  remove(row: number): void {
    const index = this.rows.indexOf(row);
    this.rows.copyWithin(index, index + 1, this.size);
    this.size--;
  }

  /** Removes a row if it is in the list. */
  drop(row: number): void {
    const index = this.rows.indexOf(row);
    if (index >= 0 && index < this.size) this.remove(row);
  }
}
