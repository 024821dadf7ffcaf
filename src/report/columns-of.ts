import { eastAsianWidth } from 'get-east-asian-width';

/**
 * Columns that a text without escape sequences takes in a terminal, as string-width counts them; that package compiles a
 * large expression for emoji as soon as it is loaded, which a check of a small model would wait for.
 */
export function columnsOf(text: string): number {
  // ASCII, and what our own texts add to it: dashes, quotes, arrows, lines and ticks of one column.
  if (/^[ -~\u2010-\u2027\u2190-\u2199\u2500-\u257f\u2713\u2717]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) columns += columnsOfGrapheme(segment);
  return columns;
}

/** One letter as a person sees it: the first character tells, unless it is shown as a picture. */
function columnsOfGrapheme(grapheme: string): number {
  if (/^[\p{Control}\p{Format}\p{Mark}\p{Surrogate}]/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f|\u20e3/u.test(grapheme)) return 2;
  return eastAsianWidth(grapheme.codePointAt(0)!);
}
