import { Fired, stops, type Kernel } from '../../kernel/kernel.ts';
import { Opcode } from '../../kernel/opcode.ts';
import type { RoundStarts } from '../../schedule/round-starts.ts';

/**
 * Whether a thread has nothing under way in the kernel's state: it is done, or a daemon that sleeps where its round begins,
 * or it can't go on where it may wait for ever.
 */
export function isSettled(kernel: Kernel, roundStarts: RoundStarts, thread: number): boolean {
  const node = kernel.nodeOf(thread);
  if (kernel.programs[thread]!.opcode[node] === Opcode.done || roundStarts.includes(thread, node)) return true;
  return kernel.fire(thread, 0) === Fired.disabled && kernel.waitFor.mayRestAt(thread, node);
}

/**
 * Every choice that is enabled in the kernel's state. Whoever takes one fires it again, and keeps the kernel in that state
 * while asking for the next.
 */
export function* enabledChoices(kernel: Kernel): Generator<{ readonly thread: number; readonly pick: number }, undefined> {
  for (let thread = 0; thread < kernel.threads; thread++) {
    const picks = kernel.fire(thread, 0) === Fired.disabled ? 0 : kernel.choices(thread);
    for (let pick = 0; pick < picks; pick++) yield { thread, pick };
    if (kernel.closing && kernel.halt(thread) === Fired.stepped) yield { thread, pick: stops };
  }
}
