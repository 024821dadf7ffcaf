import picomatch from 'picomatch';

/** Whether a name is what a pattern stands for: itself, or what its glob matches. A name that needs no glob costs none. */
export function matching(pattern: string): (name: string) => boolean {
  // (An empty one, as of `/variant`, is no glob.)
  if (/^[\w/-]*$/.test(pattern)) return (name) => name === pattern;
  return picomatch(pattern);
}
