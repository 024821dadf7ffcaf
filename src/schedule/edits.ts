import { stops } from '../kernel/kernel.ts';
import type { Draft, Move } from './draft.ts';

/** A change to a draft that may be combined with others. */
interface Edit {
  readonly initial?: number;
  readonly gone?: ReadonlySet<Move>;
  readonly repicked?: { readonly move: Move; readonly to: Move };
}

/** Pairs of bold edits that are tried at most: with many threads and decisions there would be thousands. */
const mostPairs = 2000;

/** Steps `from` up to, not including, `to`, all of one thread. */
interface Block {
  readonly thread: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Simpler drafts of a run, bold ones first: from another initial state, without a thread, without a round that brought a
 * thread back to where it was, with another decision; without a thread's end, without a block, with a context switch
 * less, without a step; and last, two bold edits at once. None has more moves than the run.
 */
export function* edits(draft: Draft, initialStates: number): Generator<Draft, undefined> {
  const { initial, moves } = draft;
  const steps = [...new Set(moves.map(({ thread }) => thread))].map((thread) => moves.filter((move) => move.thread === thread));
  const initials: Edit[] = Array.from({ length: initialStates }, (_, other) => ({ initial: other })).filter(
    (edit) => edit.initial !== initial,
  );
  const withoutThread = steps.map((own): Edit => ({ gone: new Set(own) }));
  const withoutRound = steps.flatMap(rounds);
  const repicked = moves.flatMap(otherPicks);
  const withoutEnd = steps.flatMap((own) => own.slice(1).map((_, kept): Edit => ({ gone: new Set(own.slice(kept + 1)) })));
  for (const edit of [...initials, ...withoutThread, ...withoutRound, ...repicked, ...withoutEnd]) yield apply(draft, [edit]);

  const blocks = blocksOf(moves);
  for (const { from, to } of blocks) yield apply(draft, [{ gone: new Set(moves.slice(from, to)) }]);
  for (const edited of joined(blocks, moves)) yield { initial, moves: edited };
  for (const move of moves) yield apply(draft, [{ gone: new Set([move]) }]);

  // A round in which the thread decided something is a whole call of its client.
  const withoutCall = withoutRound.filter(({ gone }) => [...gone!].some(({ ways }) => ways > 1));
  const bold = [...initials, ...withoutThread, ...withoutCall, ...repicked];
  let pairs = 0;
  for (const [index, first] of bold.entries())
    for (const second of bold.slice(index + 1)) if (pairs++ < mostPairs) yield apply(draft, [first, second]);
}

/** What is left of a run that breaks nothing: nothing, half, three quarters, … of it. */
export function* prefixes({ initial, moves }: Draft): Generator<Draft, undefined> {
  for (let cut = moves.length; cut > 0; cut = Math.floor(cut / 2)) yield { initial, moves: moves.slice(0, moves.length - cut) };
}

function apply({ initial, moves }: Draft, changes: readonly Edit[]): Draft {
  const gone = (move: Move): boolean => changes.some((change) => change.gone?.has(move) === true);
  const after = (move: Move): Move => changes.find(({ repicked }) => repicked?.move === move)?.repicked?.to ?? move;
  return {
    initial: changes.find((change) => change.initial !== undefined)?.initial ?? initial,
    moves: moves.filter((move) => !gone(move)).map(after),
  };
}

/**
 * What a thread may do without, long stretches first: steps from a place back to that place, or up to where it stops at a
 * safe point, for it might have stopped before.
 */
function rounds(own: readonly Move[]): readonly Edit[] {
  const found: Move[][] = [];
  for (const [from, first] of own.entries())
    for (let to = from + 1; to < own.length; to++)
      if (own[to]!.place === first.place || own[to]!.pick === stops) found.push(own.slice(from, to));
  return found.sort((a, b) => b.length - a.length).map((stretch) => ({ gone: new Set(stretch) }));
}

function otherPicks(move: Move): readonly Edit[] {
  if (move.ways === 1) return [];
  const picks = Array.from({ length: move.ways }, (_, pick) => pick).filter((pick) => pick !== move.pick);
  return picks.map((pick) => ({ repicked: { move, to: { ...move, pick } } }));
}

function blocksOf(moves: readonly Move[]): readonly Block[] {
  const blocks: Block[] = [];
  moves.forEach(({ thread }, step) => {
    const last = blocks.at(-1);
    if (last?.thread === thread) blocks[blocks.length - 1] = { ...last, to: step + 1 };
    else blocks.push({ thread, from: step, to: step + 1 });
  });
  return blocks;
}

/** Two blocks of one thread made one, by moving the later one up or the earlier one down, over what is between. */
function* joined(blocks: readonly Block[], moves: readonly Move[]): Generator<readonly Move[], undefined> {
  for (const [index, earlier] of blocks.entries()) {
    const later = blocks.find(({ thread }, other) => other > index && thread === earlier.thread);
    if (later === undefined) continue;
    const before = moves.slice(0, earlier.from);
    const first = moves.slice(earlier.from, earlier.to);
    const between = moves.slice(earlier.to, later.from);
    const second = moves.slice(later.from, later.to);
    const after = moves.slice(later.to);
    yield [...before, ...first, ...second, ...between, ...after];
    yield [...before, ...between, ...first, ...second, ...after];
  }
}
