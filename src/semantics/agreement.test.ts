import test from 'ava';
import * as fc from 'fast-check';
import { explore } from './explore.ts';
import { generatedProtocol, subjectOf } from './generated-protocols.ts';
import { lockFreeSubject } from './lock-free-protocols.ts';
import { disagreement, exploreWithKernel } from './kernel-view.ts';

/** How many protocols, and which; `HEDDLE_GENERATED=20000 HEDDLE_SEED=2` for a night. */
const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 1000);
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);

test('the kernel reaches and breaks what the reference does, at the same depths, with raw, growing and minimised automata', (t) => {
  const seen = { states: 0, violations: 0, complete: 0, minimised: 0 };
  fc.assert(
    fc.property(generatedProtocol, (generated) => {
      const subject = subjectOf(generated);
      const reference = explore(subject, { states: 60, depth: 14 });
      const raw = exploreWithKernel(subject, reference.depth, { automata: 'raw' });
      const minimised = exploreWithKernel(subject, reference.depth, { automata: 'minimised' });
      seen.states += reference.states;
      seen.violations += reference.violations.filter((length) => length !== undefined).length;
      if (reference.complete) seen.complete++;
      if (minimised.states < raw.states) seen.minimised++;
      const growing = exploreWithKernel(subject, reference.depth, { automata: 'on-demand' });
      if (growing.states !== raw.states) throw new Error(`${growing.states} states of growing automata, ${raw.states} of raw ones`);
      for (const [automata, kernel] of Object.entries({ raw, growing, minimised })) {
        const differs = disagreement(subject, reference, kernel, reference.depth);
        if (differs !== undefined) throw new Error(`${automata}: ${differs}`);
      }
    }),
    { numRuns, seed, includeErrorInReport: true },
  );
  t.log(`${numRuns} protocols, ${JSON.stringify(seen)}`);
  t.pass();
});

test('growing automata of protocols without locks reach and break what the reference does, whatever room they have at first', (t) => {
  fc.assert(
    fc.property(lockFreeSubject, fc.constantFrom(2, 4, 1024), (subject, firstRoom) => {
      const reference = explore(subject, { states: 60, depth: 14 });
      const growing = exploreWithKernel(subject, reference.depth, { automata: 'on-demand', parts: { firstRoom } });
      const differs = disagreement(subject, reference, growing, reference.depth);
      if (differs !== undefined) throw new Error(differs);
    }),
    { numRuns: numRuns / 4, seed, includeErrorInReport: true },
  );
  t.pass();
});
