/** Prepares this thread. Threads that share the memory have the states and the tables in common; the rest is one thread's own. */
import { prepareKnown } from './known';
import { attachProperties } from './properties';
import { attachSplitting } from './splitting';
import { attachStaging } from './staging';
import { attachStates, measure } from './states';
import { locate, threads } from './tables';
import { attachVisited, share } from './visited';
import { attachWaits } from './waiting';

/** Prepares this thread to add states. The first one of a memory also makes the directories; false if the budget is too small even for that. */
export function attach(wordCount: u32, first: bool, isShared: bool): bool {
  share(isShared);
  measure(wordCount);
  return attachStaging() && attachSplitting() && attachStates(first) && attachVisited(first);
}

/** Prepares it to expand them: reads where the tables are, and how much is known of a state, from twelve words. Before the first state is added; false if the budget has no room for it. */
export function configure(at: u32): bool {
  locate(at);
  prepareKnown(threads, load<u32>(at + 44));
  return attachWaits() && attachProperties();
}
