import { HeddleError } from '../model/error.ts';
import { didYouMean } from '../model/nearest.ts';

/** The error for a name that is not there, with the one that may have been meant. */
export function unknown(what: string, name: string, known: readonly string[]): HeddleError {
  return new HeddleError('unknown-name', `there is no ${what} '${name}'`, {
    cure: [didYouMean(name, known), '`heddle list` shows what there is.'].filter((part) => part !== undefined).join(' '),
  });
}
