import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';

/** A value, or what is wrong with its text and where (1-based). */
export type Parsed =
  | { readonly kind: 'valid'; readonly value: unknown }
  | { readonly kind: 'invalid'; readonly problem: string; readonly line: number; readonly column: number; readonly cause: unknown };

/** JSON.parse that says where it failed: V8 tells the position only of some mistakes. */
export function parseJson(text: string): Parsed {
  try {
    return { kind: 'valid', value: JSON.parse(text) };
  } catch (cause) {
    const { message } = cause as Error;
    const before = text.slice(0, positionOf(message, text));
    return {
      kind: 'invalid',
      problem: message.replace(/ \(line \d+ column \d+\)/, '').replace(/ in JSON at position \d+|, "[^]*|, \.\.\.[^]*/, ''),
      line: before.split('\n').length,
      column: before.length - before.lastIndexOf('\n'),
      cause,
    };
  }
}

function positionOf(message: string, text: string): number {
  const told = /at position (\d+)/.exec(message);
  if (told !== null) return Number(told[1]);
  try {
    // What is no JSON is mostly no JavaScript either, and acorn knows where.
    const { parseExpressionAt } = createRequire(import.meta.url)('acorn') as typeof Acorn;
    const { end } = parseExpressionAt(text, 0, { ecmaVersion: 'latest' });
    return /end of JSON/.test(message) ? text.length : end;
  } catch (error) {
    return (error as { readonly pos?: number }).pos ?? text.length;
  }
}
