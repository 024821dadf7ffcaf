/** What an instruction does, of all opcodes in src/kernel/opcode.ts those that the loop tells apart; the others need no look at the state. */
export const DONE: u32 = 0;
export const LOAD: u32 = 3;
export const COMPOUND: u32 = 5;
export const REQUEST: u32 = 6;
export const LOCK: u32 = 7;
export const ACQUIRE_REQUESTED: u32 = 8;
export const UNLOCK: u32 = 9;
export const TRY_LOCK: u32 = 10;
export const ACQUIREM: u32 = 11;
export const RELEASEM: u32 = 12;
export const ACQUIRE: u32 = 13;
export const RELEASE: u32 = 14;
export const REQUEST_STOP: u32 = 15;
export const COMPLETE_STOP: u32 = 16;
export const START: u32 = 17;
export const CHOOSE: u32 = 18;
