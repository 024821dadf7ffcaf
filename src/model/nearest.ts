import { closest, distance } from 'fastest-levenshtein';

/** `Did you mean c?`, of the known name that begins with what was typed, or else of the closest, if at least half of it is right. */
export function didYouMean(typed: string, known: readonly string[]): string | undefined {
  const meant = known.find((each) => typed !== '' && each.startsWith(typed)) ?? close(typed, known);
  return meant === undefined ? undefined : `Did you mean ${meant}?`;
}

function close(typed: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const found = closest(typed, known);
  return distance(typed, found) <= Math.max(typed.length, found.length) / 2 ? found : undefined;
}
