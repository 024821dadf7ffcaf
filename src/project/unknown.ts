import { HeddleError } from '../model/error.ts';
import { didYouMean } from '../model/nearest.ts';

/** The error for a name that is not there, with the one that may have been meant, and what shows those that are. */
export function unknown(what: string, name: string, known: readonly string[], shown = '`heddle list` shows what there is.'): HeddleError {
  return new HeddleError('unknown-name', `there is no ${what} '${name}'`, {
    cure: [didYouMean(name, known), shown].filter((part) => part !== undefined).join(' '),
  });
}
