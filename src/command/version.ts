import { readFileSync } from 'node:fs';

/** The version of this package. */
export function version(): string {
  // package.json is beside dist/ in a checkout and in an installed package.
  const { version: found } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  return found;
}
