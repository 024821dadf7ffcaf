/** The inner loop of the exhaustive search, in AssemblyScript: what TypeScript and worker threads call. */
export { allocate, initialise } from './memory';
export { add, addedStates, addressOf, attach, find, flush, parentOf, share, splitCrowded, stagingPlace } from './visited';
export { configure, expand, seek, takenTransitions } from './expand';
export { currentState, expandRange } from './run';
