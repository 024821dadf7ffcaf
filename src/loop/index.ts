/** The inner loop of the exhaustive search, in AssemblyScript: what TypeScript and worker threads call. */
export { allocate, initialise } from './memory';
export { attach, configure, share } from './attach';
export { addedStates, addressOf, endNumber, nextNumber, parentAddress, parentOf, rangesAddress, replaceParents, takeRanges } from './states';
export { add, find, renumber, reserve } from './visited';
export { flush, stagingPlace } from './staging';
export { takeAlike } from './orbits';
export { listCrowded, splitListed } from './crowded';
export { expand, seek, takenTransitions } from './expand';
export { attachRun, beginPieces, currentState, enlist, expandRange, leftAddress, piecesLeft, takeLeft, work } from './run';
export { knownOf, unseenStates } from './known';
export { repack } from './repack';
export { firstStuck, goAgain, goBack } from './stuck';
