import type pc from 'picocolors';
import { columnsOf } from './columns-of.ts';

/** Formatters of picocolors: `pc.createColors(false)` makes all of them plain. */
export type Colors = ReturnType<typeof pc.createColors>;

/** A style of our texts, as a name of picocolors, so that texts are laid out before they are coloured. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A word that is not broken unless it is wider than a whole line. */
export interface Word {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** The words of a sentence. */
export function words(sentence: string, style?: Style): Word[] {
  return sentence
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => ({ text, style }));
}

export function widthOf(line: readonly Word[]): number {
  return line.reduce((sum, { text }) => sum + columnsOf(text), Math.max(0, line.length - 1));
}

/** Lines of at most `width` columns; all but the first leave `hanging` columns free, to be indented. */
export function fold(text: readonly Word[], width: number, hanging = 0): Word[][] {
  let line: Word[] = [];
  const lines = [line];
  let room = width;
  const breakLine = (): void => {
    lines.push((line = []));
    room = Math.max(1, width - hanging);
  };
  for (const word of text) {
    let rest = word.text;
    if (line.length > 0 && columnsOf(rest) + 1 > room) breakLine();
    // Wider than a whole line.
    while (columnsOf(rest) > room && line.length === 0) {
      const head = headOf(rest, room);
      line.push({ ...word, text: head });
      rest = rest.slice(head.length);
      breakLine();
    }
    room -= columnsOf(rest) + (line.length > 0 ? 1 : 0);
    line.push({ ...word, text: rest });
  }
  return lines;
}

/** As much of the beginning as fits, but at least one character. */
function headOf(text: string, room: number): string {
  let head = '';
  for (const character of text) {
    if (head !== '' && columnsOf(head + character) > room) break;
    head += character;
  }
  return head;
}

/** `text` if it fits, or its end after an ellipsis. */
export function tail(text: string, room: number): string {
  if (columnsOf(text) <= room) return text;
  const characters = [...text];
  while (characters.length > 0 && columnsOf(characters.join('')) > room - 1) characters.shift();
  return `…${characters.join('')}`;
}

/** The line as text; neighbours of one style are coloured together. */
export function paint(line: readonly Word[], colors: Colors): string {
  const runs: { text: string; readonly style: Style | undefined }[] = [];
  for (const { text, style } of line) {
    const last = runs.at(-1);
    if (last !== undefined && last.style === style) last.text += ` ${text}`;
    else runs.push({ text, style });
  }
  return runs.map(({ text, style }) => (style === undefined ? text : colors[style](text))).join(' ');
}
