/** Beyond the scopes: one or two Ps, up to five calls of T, X and S there or not. */
import * as fc from 'fast-check';
import { scenarios } from 'heddle';
import { upTo } from '../runtime/up-to.ts';
import { buildOf, type Call } from './scopes.ts';
import type { Version } from './version.ts';

/** From the call that does least; fast-check shrinks numbers towards the first. */
const calls: readonly Call[] = ['Gosched', 'StopTrace', 'StartTrace'];
const kinds = ['netpoll', 'scavenge', 'forcegc'] as const;

interface Described {
  readonly procs: number;
  readonly calls: readonly Call[];
  /** Null: nobody is there. */
  readonly X: { readonly waitsFor: (typeof kinds)[number]; readonly parks: number; readonly logs: boolean } | null;
  /** How many system calls S makes; 0: nobody is there. */
  readonly syscalls: number;
}

export const generated = scenarios<Version, Described>(
  'one or two Ps, up to five calls of T, X parks up to twice, S makes up to three system calls',
  {
    arbitrary: fc.record({
      procs: fc.integer({ min: 1, max: 2 }),
      calls: upTo(
        5,
        fc.nat(calls.length - 1).map((number) => calls[number]!),
      ),
      X: fc.option(fc.record({ waitsFor: fc.nat(2).map((number) => kinds[number]!), parks: fc.nat(2), logs: fc.boolean() })),
      syscalls: fc.nat(3),
    }),
    build: (version) => {
      const build = buildOf(version);
      return ({ procs, calls, X, syscalls }) =>
        build({
          procs: procs === 1 ? 1 : 2,
          calls,
          ...(X === null ? {} : { parks: X.parks, logs: X.logs, waitsFor: [X.waitsFor] }),
          ...(syscalls === 0 ? {} : { syscalls }),
        });
    },
  },
);
