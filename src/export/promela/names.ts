/** What Promela, the C of SPIN's verifiers and its preprocessor keep for themselves. */
const reserved = new Set(
  `active always assert atomic auto bit bool break byte case chan char const continue c_code c_decl c_expr c_state c_track d_step default
  do double else empty enabled enum equivalent eval eventually extern false fi float for full get_priority goto hidden if implies in init
  inline int label len linux local long ltl mtype nempty never next nfull notrace now of od pc_value pid print printf printm priority
  proctype provided register release return run select set_priority short show signed sizeof skip static stronguntil struct switch timeout
  trace true typedef union unix unless unsigned until void volatile weakuntil while xr xs judge`.split(/\s+/),
);

/** Gives each thing a name that Promela accepts and that is still the model's: `sched.lock` becomes `sched_lock`. */
export class Names {
  readonly #taken = new Set<string>();

  /** A name like this one that nobody has yet. */
  take(wanted: string): string {
    const plain = wanted.replaceAll(/\W+/g, '_').replaceAll(/^_+|_+$/g, '');
    // Names in capitals may be macros of the verifier's.
    const safe = plain === '' || /^\d/.test(plain) || /^[A-Z_\d]+$/.test(plain) || reserved.has(plain) ? `v_${plain}` : plain;
    for (let count = 1; ; count++) {
      const name = count === 1 ? safe : `${safe}_${count}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/** A comment on a line of its own or at the end of one. */
export function comment(text: string): string {
  return `/* ${text.replaceAll('*/', '* /').replaceAll('/*', '/ *').replaceAll(/\s+/g, ' ')} */`;
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** The smallest of Promela's types that holds 0 … size − 1. */
export function typeFor(size: number): string {
  return size <= 256 ? 'byte' : size <= 2 ** 15 ? 'short' : 'int';
}
