/** Words through which the threads of a team agree; the states and tables are in the loop's own memory. */

/** Counts rounds; whoever waits for the next one waits here. */
export const round = 0;
/** How many members have ended the round. */
export const done = 1;
/** 1: no more rounds. */
export const dismissed = 2;
/** What is still news: wait-for cycles, races (see `seek` in src/loop/expand.ts). */
export const cycles = 3;
export const races = 4;
/** How many members wait for their first round; −1: one has failed. */
export const ready = 5;
/** What the round is for. */
export const task = 6;
export const tasks = { work: 0, split: 1 } as const;
/** Where the reports of the members begin, and how long each is: even numbers, so that the sum of transitions lies on eight bytes. */
export const reports = 8;
export const report = { ranges: 0, rangesAt: 1, left: 2, leftAt: 3, states: 4, transitions: 6, next: 8, end: 9, words: 10 } as const;
