/**
 * What the renamings of a group make of numbers of which more are found while a search goes on: a monitor's states, or the local states
 * of a thread that is learned as it is reached.
 */
export interface Images {
  /** By element, then number: its image, −1 where none is known. */
  readonly images: readonly Int32Array[];
  /** What an element makes of a number that the search has. */
  imageOf(element: number, number: number): number;
  /** Told of each image that is found. */
  onAssigned: ((element: number, number: number, image: number) => void) | undefined;
}
