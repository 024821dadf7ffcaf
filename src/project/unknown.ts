import { closest } from 'fastest-levenshtein';
import { HeddleError } from '../model/error.ts';

/** The error for a name that is not there, with the nearest one that is. */
export function unknown(what: string, name: string, known: readonly string[]): HeddleError {
  const nearest = known.length === 0 ? undefined : closest(name, known);
  return new HeddleError('unknown-name', `there is no ${what} '${name}'`, {
    cure: nearest === undefined ? '`heddle list` shows what there is.' : `Did you mean ${nearest}? \`heddle list\` shows what there is.`,
  });
}
