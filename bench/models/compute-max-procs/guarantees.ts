import { guarantee, stepProperty } from 'heddle';
import { gomaxprocs, stopped } from './model.ts';

/** What the Promela model asserts where it assigns gomaxprocs, and the TLA+ model as `Safe`. */
export const guarantees = [
  guarantee(
    'changes-in-a-stopped-world',
    { says: 'gomaxprocs changes only while the world is stopped', source: 'src/runtime/proc.go, procresize' },
    stepProperty([gomaxprocs, stopped], ([before], [after, isStopped]) => before === after || isStopped),
  ),
];
