import test from 'ava';
import { onInterrupt } from './interruption.ts';

test.serial('a Ctrl-C is told to the command that works, and to nobody else; afterwards all is as before', (t) => {
  const told: string[] = [];
  const before = (): void => void told.push('before');
  process.on('SIGINT', before);
  const worked = onInterrupt(() => told.push('command'));
  process.emit('SIGINT');
  t.deepEqual(told, ['command']);
  worked();
  process.emit('SIGINT');
  t.deepEqual(told, ['command', 'before']);
  process.off('SIGINT', before);
});

function listening(): void {}

test.serial('there is always somebody who listens: else a signal that has come already is lost', (t) => {
  process.on('SIGINT', listening);
  let fewest = Number.POSITIVE_INFINITY;
  // Called when a listener is gone.
  const count = (): void => void (fewest = Math.min(fewest, process.listenerCount('SIGINT')));
  process.on('removeListener', count);
  onInterrupt(() => {})();
  process.off('removeListener', count);
  t.is(process.listenerCount('SIGINT'), 1);
  t.true(fewest >= 1, String(fewest));
  process.off('SIGINT', listening);
});
