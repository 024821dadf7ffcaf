/** Handles that are threads' own: where like threads change places, their handles go with them (src/explore/symmetry). */
import { HeddleError } from './error.ts';
import { array, handlesOf, type ArrayHandle, type Handle, type Shared } from './handle.ts';

/** What `perThread` made: an element for each thread, and where in it a handle is. */
interface Own {
  readonly elements: readonly Shared[];
  readonly thread: number;
  readonly part: number;
}
const owns = new WeakMap<Handle, Own>();

/**
 * An array with an element for each of `count` threads, at the thread's index in the scenario (the result of `self`): its flag, its
 * semaphore, its node. Where like threads change places, their elements go with them.
 */
export function perThread<H extends Shared>(name: string, count: number, element: (name: string, thread: number) => H): ArrayHandle<H> {
  const made = array(name, count, element);
  made.elements.forEach((each, thread) => {
    handlesOf([each]).forEach((handle, part) => {
      if (owns.has(handle))
        throw new HeddleError('bad-declaration', `${handle.name} is already some thread's own`, {
          site: handle.site,
          cure: 'Make a perThread array that is inside another an array(…), and a handle of its own for each thread.',
        });
      owns.set(handle, { elements: made.elements, thread, part });
    });
  });
  return made;
}

/** What becomes of a handle when threads change places: itself, unless it is some thread's own. Undefined: that thread has none. */
export function ofThread(handle: Handle, threads: (thread: number) => number): Handle | undefined {
  const own = owns.get(handle);
  if (own === undefined) return handle;
  const element = own.elements[threads(own.thread)];
  return element && handlesOf([element])[own.part];
}
