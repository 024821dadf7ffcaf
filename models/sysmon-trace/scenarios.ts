/** Beyond the scopes: one or two Ps, up to five calls of T, X and S there or not. */
import * as fc from 'fast-check';
import { scenarios } from 'heddle';
import { simplestFirst, upTo } from '../runtime/up-to.ts';
import { buildOf, type Call } from './scopes.ts';
import type { Version } from './version.ts';

type Kind = 'netpoll' | 'scavenge' | 'forcegc';

interface Described {
  readonly procs: number;
  readonly calls: readonly Call[];
  /** Null: nobody is there. */
  readonly X: { readonly waitsFor: Kind; readonly parks: number; readonly logs: boolean } | null;
  /** How many system calls S makes; 0: nobody is there. */
  readonly syscalls: number;
}

export const generated = scenarios<Version, Described>(
  'one or two Ps, up to five calls of T, X parks up to twice, S makes up to three system calls',
  {
    arbitrary: fc.record({
      procs: fc.integer({ min: 1, max: 2 }),
      calls: upTo(5, simplestFirst<Call>(['Gosched', 'StopTrace', 'StartTrace'])),
      X: fc.option(fc.record({ waitsFor: simplestFirst<Kind>(['netpoll', 'scavenge', 'forcegc']), parks: fc.nat(2), logs: fc.boolean() })),
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
