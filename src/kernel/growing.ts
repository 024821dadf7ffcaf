/** The table with room for so many numbers, −1 where nothing was; itself if it has that room. It grows by doubling. */
export function withRoom(table: Int32Array<ArrayBuffer>, count: number): Int32Array<ArrayBuffer> {
  if (count <= table.length) return table;
  const longer = new Int32Array(Math.max(count, table.length * 2)).fill(-1);
  longer.set(table);
  return longer;
}
