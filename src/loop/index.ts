/** The inner loop of the exhaustive search, in AssemblyScript: what TypeScript and worker threads call. */
export { allocate, initialise } from './memory';
export {
  add,
  addedStates,
  addressOf,
  alike,
  attach,
  endNumber,
  find,
  flush,
  listCrowded,
  nextNumber,
  parentOf,
  rangesAddress,
  renumber,
  replaceParents,
  share,
  splitListed,
  stagingPlace,
  takeRanges,
} from './visited';
export { configure } from './configure';
export { expand, seek, takenTransitions } from './expand';
export { attachRun, beginPieces, currentState, enlist, expandRange, leftAddress, piecesLeft, takeLeft, work } from './run';
export { knownOf, unseenStates } from './known';
export { firstStuck, goAgain, goBack } from './stuck';
