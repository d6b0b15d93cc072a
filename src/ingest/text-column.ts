import { doubles } from './number-column.js';

const BLOCK_BYTES = 1 << 16;
const FEWEST_SLOTS = 1 << 10;

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * A column of distinct texts as bytes outside the heap of JavaScript, which V8 lets grow to several times what is kept in it:
 * a million ids cost their bytes and a dozen more each.
 */
export class TextColumn {
  #blocks: Buffer[] = [];
  /** Bytes of the last block that are taken. */
  #taken = 0;
  readonly #block = doubles();
  readonly #start = doubles();
  readonly #bytes = doubles();
  /** Row + 1 of each text at the place its hash gives, or the next free one; 0 where there is none. */
  #slots = new Int32Array(FEWEST_SLOTS);

  get length(): number {
    return this.#bytes.length;
  }

  at(row: number): string {
    return this.#bytesAt(row).toString('utf8');
  }

  /** @returns false for a text that is there already */
  add(text: string): boolean {
    const bytes = Buffer.from(text, 'utf8');
    let slot = hashOf(bytes) % this.#slots.length;
    for (let row = this.#rowIn(slot); row >= 0; row = this.#rowIn(slot)) {
      if (bytes.equals(this.#bytesAt(row))) return false;
      slot = (slot + 1) % this.#slots.length;
    }
    this.#append(bytes);
    this.#slots[slot] = this.length;
    if (2 * this.length > this.#slots.length) this.#makeRoom();
    return true;
  }

  /** −1 for a free slot. */
  #rowIn(slot: number): number {
    return this.#slots[slot]! - 1;
  }

  #bytesAt(row: number): Buffer {
    const start = this.#start.at(row);
    return this.#blocks[this.#block.at(row)]?.subarray(start, start + this.#bytes.at(row)) ?? Buffer.alloc(0);
  }

  #append(bytes: Buffer): void {
    if (this.#blocks.length === 0 || this.#taken + bytes.length > this.#blocks.at(-1)!.length) {
      this.#blocks.push(Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, bytes.length)));
      this.#taken = 0;
    }
    this.#blocks.at(-1)!.set(bytes, this.#taken);
    this.#block.push(this.#blocks.length - 1);
    this.#start.push(this.#taken);
    this.#bytes.push(bytes.length);
    this.#taken += bytes.length;
  }

  #makeRoom(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let row = 0; row < this.length; row += 1) {
      let slot = hashOf(this.#bytesAt(row)) % this.#slots.length;
      while (this.#slots[slot] !== 0) slot = (slot + 1) % this.#slots.length;
      this.#slots[slot] = row + 1;
    }
  }
}
