import pc from 'picocolors';

/** The colours that reports use; plain strings where colour is off. */
export type Colours = ReturnType<typeof pc.createColors>;

/** Colours if `on`. Whether they are on is the command's business: NO_COLOR, a terminal, a pipe. */
export function colours(on: boolean): Colours {
  return pc.createColors(on);
}
