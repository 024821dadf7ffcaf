import { catalogue, type ErrorCode } from './error-catalogue.ts';
import { showPlace, type Site } from './site.ts';

/**
 * A mistake in a model, a file or the usage: what happened, where, and what to do about it.
 * `heddle explain CODE` tells the rest. Commands print it without a stack and exit with 2.
 */
export class HeddleError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly cure: string;
  /** The sentence alone; `message` adds the code and the place. */
  readonly what: string;

  constructor(
    code: ErrorCode,
    what: string,
    options: { site?: Site | undefined; where?: string | undefined; cure?: string | undefined; cause?: unknown } = {},
  ) {
    const where = options.where ?? (options.site && showPlace(options.site));
    super(
      `${code}: ${what}${where === undefined ? '' : ` (${where})`}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'HeddleError';
    this.code = code;
    this.what = what;
    this.where = where;
    this.cure = options.cure ?? catalogue[code].cure;
  }
}
