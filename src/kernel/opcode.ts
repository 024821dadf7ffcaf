/** What an instruction does; plain numbers, because the kernel switches on them for every transition. */
export const Opcode = {
  done: 0,
  fault: 1,
  error: 2,
  load: 3,
  store: 4,
  compound: 5,
  request: 6,
  lock: 7,
  acquireRequested: 8,
  unlock: 9,
  tryLock: 10,
  acquirem: 11,
  releasem: 12,
  acquire: 13,
  release: 14,
  requestStop: 15,
  completeStop: 16,
  start: 17,
  choose: 18,
  event: 19,
} as const;

/** Whether the first operand is a field. */
export function hasField(opcode: number): boolean {
  return (
    opcode === Opcode.load ||
    opcode === Opcode.store ||
    (opcode >= Opcode.request && opcode <= Opcode.tryLock) ||
    (opcode >= Opcode.acquire && opcode <= Opcode.start)
  );
}
