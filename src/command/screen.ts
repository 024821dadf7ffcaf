import pc from 'picocolors';

/** CONTRACT.md's exit codes. */
export const exitCodes = { asExpected: 0, unexpected: 1, usage: 2, open: 3, interrupted: 130 } as const;

/** What is known of the terminal: NO_COLOR, pipes and widths. */
export class Screen {
  // isTTY is undefined, not false, where there is no terminal.
  /** Whether to colour standard output. */
  readonly colour: boolean = pc.isColorSupported && process.stdout.isTTY === true;
  /** Whether to colour standard error. */
  readonly errorColour: boolean = pc.isColorSupported && process.stderr.isTTY === true;
  /** Columns of standard output; 80 where it is not a terminal. */
  readonly width: number = Math.max(40, process.stdout.columns ?? 80);
  readonly errorWidth: number = Math.max(40, process.stderr.columns ?? 80);
  #line = false;

  print(text: string): void {
    this.clearProgress();
    process.stdout.write(`${text}\n`);
  }

  /** A line on standard error that the next one replaces on a terminal. */
  progress(text: string): void {
    if (!process.stderr.isTTY) {
      process.stderr.write(`${text}\n`);
      return;
    }
    process.stderr.write(`\r\u001b[2K${text.slice(0, this.errorWidth - 1)}`);
    this.#line = true;
  }

  clearProgress(): void {
    if (!this.#line) return;
    process.stderr.write('\r\u001b[2K');
    this.#line = false;
  }
}
