/** Test support: generated protocols without mutexes and gates, so that nobody possesses anything. */
import * as fc from 'fast-check';
import { generatedProtocol, subjectOf } from './generated-protocols.ts';
import type { Program, Statement } from './generated-program.ts';
import { livelyProtocol } from './lively-protocols.ts';
import type { Subject } from './state.ts';

const locking: ReadonlySet<Statement['kind']> = new Set(['lock', 'unlock', 'tryLock', 'locked', 'stop', 'start', 'worldStopped']);

/** What is done with a lock held, or the world stopped, without either. */
function withoutLocks(program: Program): Program {
  return program.flatMap((statement): Program => {
    if (locking.has(statement.kind)) return 'body' in statement ? withoutLocks(statement.body) : [];
    if (statement.kind === 'branch') return [{ ...statement, yes: withoutLocks(statement.yes), no: withoutLocks(statement.no) }];
    return ['body' in statement ? { ...statement, body: withoutLocks(statement.body) } : statement];
  });
}

export const lockFreeSubject: fc.Arbitrary<Subject> = fc.oneof(generatedProtocol, livelyProtocol).map((generated) => {
  const threads = generated.threads.map((thread) => {
    const program = withoutLocks(thread.program);
    // What does nothing can't go round.
    return { ...thread, gated: false, program, root: program.length === 0 ? ('call' as const) : thread.root };
  });
  const { scenario, handles, guarantees } = subjectOf({ ...generated, threads });
  return {
    scenario,
    ranks: undefined,
    handles: handles.filter(({ kind }) => kind !== 'mutex' && kind !== 'gate'),
    guarantees: guarantees.filter(({ property }) => property.kind !== 'lockOrder'),
  };
});
