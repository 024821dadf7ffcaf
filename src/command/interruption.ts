import { exitCodes } from './screen.ts';

/**
 * While a command works, the first Ctrl-C asks it to end soon, instead of what a Ctrl-C did before, and the second ends the process.
 * Call what is returned when the work is done: then all is as it was.
 */
export function onInterrupt(first: () => void): () => void {
  let isAgain = false;
  const interrupt = (): void => {
    if (isAgain) process.exit(exitCodes.interrupted);
    isAgain = true;
    first();
  };
  const before = process.listeners('SIGINT');
  // In this order: a signal that has come, and that nobody was told of yet, is lost when nobody listens.
  process.on('SIGINT', interrupt);
  for (const listener of before) process.off('SIGINT', listener);
  return () => {
    for (const listener of before) process.on('SIGINT', listener);
    process.off('SIGINT', interrupt);
  };
}
