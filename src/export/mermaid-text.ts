import { fold, words } from '../report/fold.ts';

/**
 * Text for a diagram of Mermaid. `;` and `#` end a statement and begin a comment, `%%` as well; `<`, `&` and `$` are read as
 * HTML and formulas, a backslash as a line break. They are written as Mermaid's entity codes, `#59;`.
 */
export function escaped(text: string): string {
  return (
    text
      .replace(/\p{Control}/gu, (character) => JSON.stringify(character).slice(1, -1))
      .replace(/[#;%<>&$\\]/g, (character) => `#${character.codePointAt(0)};`)
      // What Mermaid takes for its own declarations in front of an entity, and for an instruction to wrap.
      .replace(/(s)(?=tyle)|(c)(?=lassDef)/gi, (letter) => `#${letter.codePointAt(0)};`)
      .replace(/^\s*(no)?wrap:/i, (prefix) => `${prefix.slice(0, -1)}#58;`)
  );
}

/** Lines of at most `columns` columns as one text; all but the first of a sentence are indented. */
export function lined(sentences: readonly { readonly text: string; readonly level?: number }[], columns: number): string {
  const text = sentences
    .flatMap(({ text, level = 0 }) =>
      fold(words(text), columns - 2 * level, 4).map(
        (line, index) => space.repeat(2 * level + (index === 0 ? 0 : 4)) + escaped(line.map((word) => word.text).join(' ')),
      ),
    )
    .join('<br/>');
  // In front of all Mermaid takes any space away.
  return text.replace(/^\u00a0+/, (indent) => '#160;'.repeat(indent.length));
}

/** One that does not collapse. */
const space = '\u00a0';
