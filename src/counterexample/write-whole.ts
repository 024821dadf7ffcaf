import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HeddleError } from '../model/error.ts';

/**
 * Writes a file atomically: whoever reads it finds all of the new text, or what was there before.
 * @param what how an error names it
 * @param options `folders`: make those that are missing; `cure`: what to type instead
 * @throws HeddleError `cannot-write`
 */
export async function writeWhole(
  file: string,
  text: string,
  what: string,
  options: { readonly folders?: boolean; readonly cure?: string } = {},
): Promise<void> {
  const { default: write } = await import('write-file-atomic');
  try {
    if (options.folders === true) await mkdir(dirname(file), { recursive: true });
    await write(file, text);
  } catch (cause) {
    throw cannotWrite(what, cause, { where: file, ...(options.cure === undefined ? {} : { cure: options.cure }) });
  }
}

/** The error for output that could not be written. */
export function cannotWrite(what: string, cause: unknown, options: { readonly where?: string; readonly cure?: string } = {}): HeddleError {
  return new HeddleError('cannot-write', `${what} can't be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
    ...options,
    cause,
  });
}
