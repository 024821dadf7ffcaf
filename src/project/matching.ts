import { createRequire } from 'node:module';
import type Picomatch from 'picomatch';

/** Whether a name is what a pattern stands for: itself, or what its glob matches. A name that needs no glob costs none. */
export function matching(pattern: string): (name: string) => boolean {
  // (An empty one, as of `/variant`, is no glob.)
  if (/^[\w/-]*$/.test(pattern)) return (name) => name === pattern;
  return (createRequire(import.meta.url)('picomatch') as typeof Picomatch)(pattern);
}
