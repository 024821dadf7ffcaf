/**
 * The smallest change to Go 89c0dd82 that we found to keep its guarantees in every scenario of the scopes; derived from the
 * model, not confirmed upstream. It changes MemProfile only: the cycle is read after profMemActiveLock has been taken, when
 * the caller can't be stopped any more, so that no mark termination comes between the cycle and the flush of its slot; and
 * all slots are accumulated only before the first collection.
 */
import { become, lock, routine, unlock } from 'heddle';
import { profileRecords, records } from './mem-profile.ts';
import { lockActive, mProf_FlushLocked } from './records.ts';
import { parts, split, type HeapProfile, type Parts } from './split-89c0dd82.ts';
import { profMemActiveLock, profMemFutureLock } from './state.ts';

export const repairedParts: Parts = { ...parts, profileRecords: profileRecords({ ...records, accumulates: 'no collection' }) };

export function repaired({ mProfCycle, profileRecords, ring, ...rest }: Parts = repairedParts): HeapProfile {
  const MemProfile = routine('MemProfile', function* () {
    yield* lockActive(profMemActiveLock);
    const cycle = yield* mProfCycle.read();
    const index = cycle % ring;
    yield* lock(profMemFutureLock.at(index));
    yield* mProf_FlushLocked(index);
    yield* unlock(profMemFutureLock.at(index));
    yield* become(profileRecords);
  });
  return { ...split({ mProfCycle, profileRecords, ring, ...rest }), MemProfile };
}
