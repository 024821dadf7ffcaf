/**
 * Dining philosophers (Dijkstra 1971): one fork between two neighbours; the last philosopher takes the right one first, so
 * nobody starves in a circle. The same steps as philosophers.pml and Philosophers.tla beside it.
 */
import { array, forever, lock, mutex, protocol, routine, scenario, scope, thread, unlock, variant } from 'heddle';

export function philosophers(seats: number) {
  const fork = array('fork', seats, (name) => mutex(name));
  const dine = routine('dine', function* (seat: number) {
    const first = fork.at(seat === seats - 1 ? 0 : seat);
    const second = fork.at(seat === seats - 1 ? seat : seat + 1);
    yield* lock(first);
    yield* lock(second);
    yield* unlock(first);
    yield* unlock(second);
  });
  return protocol(`philosophers-${seats}`, {
    about: `${seats} dining philosophers`,
    source: 'E. W. Dijkstra, Hierarchical ordering of sequential processes, 1971',
    shared: [fork],
    scopes: [
      scope('gate', `${seats} philosophers that dine for ever`, () =>
        scenario({ threads: Array.from({ length: seats }, (_, seat) => thread(`P${seat}`, forever(dine, seat))) }),
      ),
    ],
    variants: [variant('ordered', { about: 'the last one is left-handed', routines: {} })],
  });
}
