import stringWidth from 'string-width';

/** Text broken at spaces into lines of at most `width` columns, all but the first indented by two more than `indent`. */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = `${indent}  ${word}`;
    } else line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
