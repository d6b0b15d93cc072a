/** A value with every typed array as a list of numbers: columns are compared by what they hold, not by how it is packed. */
export const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (isColumn(part) ? [...part].map(String) : part)));

const isColumn = (part: unknown): part is Float64Array =>
  ArrayBuffer.isView(part) && !(part instanceof DataView);
