/** Test support: generated protocols that need not end: beside one or two generated threads runs a daemon with little to do. */
import * as fc from 'fast-check';
import { generatedProtocol, type GeneratedProtocol } from './generated-protocols.ts';
import type { Program } from './generated-program.ts';

const store = (variable: number, plus: number): Program[number] => ({ kind: 'store', variable, value: { plus }, ghost: 0 });
const rounds: readonly Program[] = [
  [],
  [store(0, 1), store(0, 0)],
  [{ kind: 'locked', which: 0, body: [] }],
  [{ kind: 'locked', which: 1, body: [store(1, 1)] }],
  [{ kind: 'worldStopped', body: [] }],
  [{ kind: 'worldStopped', body: [store(1, 2)] }],
  [
    { kind: 'acquire', which: 0, into: 0 },
    { kind: 'release', which: 0, into: 0 },
  ],
  [
    { kind: 'choose', count: 1, into: 0 },
    { kind: 'branch', register: 0, equals: 1, yes: [store(1, 1)], no: [] },
  ],
  [
    { kind: 'choose', count: 1, into: 0 },
    { kind: 'branch', register: 0, equals: 1, yes: [store(0, 1), store(0, 0)], no: [] },
  ],
  [
    { kind: 'choose', count: 1, into: 0 },
    { kind: 'branch', register: 0, equals: 1, yes: [{ kind: 'locked', which: 0, body: [] }], no: [{ kind: 'worldStopped', body: [] }] },
  ],
  [{ kind: 'waitUntil', value: { plus: 0 }, patient: false }],
];
const waits: readonly Program[] = [
  [],
  [{ kind: 'waitUntil', value: { plus: 1 }, patient: false }],
  [{ kind: 'waitUntil', value: { plus: 2 }, patient: false }],
  [{ kind: 'waitUntil', value: { plus: 2 }, patient: true }],
  [{ kind: 'acquire', which: 1, into: 0 }],
  [{ kind: 'locked', which: 0, body: [] }],
  [
    { kind: 'acquire', which: 0, into: 0 },
    { kind: 'release', which: 0, into: 0 },
  ],
  [{ kind: 'worldStopped', body: [] }],
];

export const livelyProtocol: fc.Arbitrary<GeneratedProtocol> = fc
  .record({
    protocol: generatedProtocol,
    count: fc.integer({ min: 1, max: 2 }),
    round: fc.constantFrom(...rounds),
    gated: fc.boolean(),
    wait: fc.constantFrom(...waits),
  })
  .map(({ protocol, count, round, gated, wait }) => ({
    ...protocol,
    threads: [
      ...protocol.threads.slice(0, count).map((spec) => ({ ...spec, program: [...wait, ...spec.program.slice(0, 1)] })),
      { root: 'forever' as const, gated, daemon: true, program: round },
    ],
  }));
