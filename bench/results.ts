/** What one run of the benchmark found out: bench/results.json, from which table and chart are drawn. */

export interface Results {
  readonly format: 'heddle-bench/1';
  readonly date: string;
  /** Measurements of each figure; medians are of that many. */
  readonly runs: number;
  readonly machine: Readonly<Record<string, string>>;
  /** Why TLC was not measured. */
  readonly tlcMissing: string | undefined;
  readonly subjects: readonly Measured[];
}

/** Medians of one subject. Times in seconds, bytes and rates for a raw state. */
export interface Measured {
  readonly name: string;
  readonly family: string;
  readonly threads: number;
  /** Raw states, which all checkers counted. */
  readonly states: number;
  readonly transitions: number;
  readonly heddle: { readonly cold: Cold; readonly raw: Raw };
  readonly spin:
    | {
        /** The way of using SPIN that was fastest in total. */
        readonly cold: Cold & { readonly flags: string };
        /** The order of search that was faster. */
        readonly raw: Raw & { readonly flags: string };
      }
    | undefined;
  readonly tlc: { readonly cold: Cold; readonly heap: number } | undefined;
}

/** From a cold start to the verdict, everything on. */
export interface Cold {
  readonly wall: number;
  readonly cpu: number;
  /** States visited. */
  readonly states: number;
}

/** The search alone. */
export interface Raw {
  /** States a second of processor time, on one core. */
  readonly rate: number;
  /** Bytes a state. */
  readonly bytes: number;
}
