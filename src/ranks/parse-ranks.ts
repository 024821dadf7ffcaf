/**
 * The rank notation of Go's src/runtime/mklockrank.go (that of its internal/dag), written from its description:
 *
 *     # a comment
 *     NONE < sysmon < scavenge, forcegc;   chains and lists: sysmon may be held when scavenge or forcegc is taken
 *     forcegc, hchan < SCHED < sched;      a name in capitals is a pseudo-node: it orders others and is no rank itself
 *     hchan < hchan;                       several locks of this rank may be held at once
 *
 * Where we differ: a name may be defined in several statements and used before its definition (so the table of a commit
 * from before the notation is statements too, and a cycle can be written down to be reported); a rank that nests in
 * itself is declared here and not in a list beside the notation; `!<` is not known.
 */
import { HeddleError } from '../model/error.ts';

/** `held < taken`, as a statement says it. */
export interface RankEdge {
  readonly held: string;
  readonly taken: string;
  /** `source:line:column` of `taken`. */
  readonly place: string;
}

/** What a text in the notation says, before it is known to make sense. */
export interface RankNotation {
  /** Ranks and pseudo-nodes, in the order in which the text first names them. */
  readonly names: readonly string[];
  /** Names that stand to the right of some `<`: the others may be misspelt. */
  readonly defined: ReadonlySet<string>;
  readonly edges: readonly RankEdge[];
}

/** Whether a name is a pseudo-node: all in capitals. */
export function isPseudo(name: string): boolean {
  return name === name.toUpperCase();
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const nothing = 'NONE';
const name = /^[A-Za-z_][\w.]*$/;

/**
 * Reads a text in the notation; `source` says in errors where it comes from.
 * Throws `ranks-unreadable` with line and column, what was expected there, and what to type.
 */
export function parseRanks(text: string, source = 'ranks'): RankNotation {
  return new RankParser(text, source).parse();
}

class RankParser {
  readonly #text: string;
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #names = new Set<string>();
  readonly #defined = new Set<string>();
  readonly #edges: RankEdge[] = [];
  #next = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
    // A comment is blanked and not cut out, so that places stay what they are.
    const code = text.replaceAll(/#[^\n]*/g, (comment) => ' '.repeat(comment.length));
    this.#tokens = [...code.matchAll(/[\w.]+|[^\s\w.]/g)].map((match) => ({ text: match[0], at: match.index }));
  }

  parse(): RankNotation {
    while (this.#next < this.#tokens.length) this.#statement();
    return { names: [...this.#names], defined: this.#defined, edges: this.#edges };
  }

  #statement(): void {
    let left = this.#list('a rank to begin a statement with');
    if (this.#peek() === ';') throw this.#wrong('`<`', `Write NONE < ${left[0]!.text}; for a rank under which nothing may be held.`);
    while (this.#peek() !== ';') {
      this.#expect('<', left);
      const right = this.#list('a rank after `<`');
      this.#relate(left, right);
      left = right;
    }
    this.#next++;
  }

  #relate(left: readonly Token[], right: readonly Token[]): void {
    for (const taken of right) {
      if (taken.text === nothing)
        throw this.#error('NONE stands to the right of `<`', taken, 'Only the first list of a statement can be NONE: NONE < a;');
      if (left.some(({ text }) => text === taken.text) && left.length + right.length > 2)
        throw this.#error(
          `${taken.text} stands on both sides of \`<\``,
          taken,
          `Take it out of one list; if several locks of this rank may be held at once, write ${taken.text} < ${taken.text}; on its own.`,
        );
      this.#defined.add(taken.text);
      for (const held of left) {
        if (held.text === nothing) continue;
        this.#edges.push({ held: held.text, taken: taken.text, place: this.#place(taken) });
      }
    }
  }

  #list(what: string): readonly Token[] {
    const list = [this.#name(what)];
    while (this.#peek() === ',') {
      this.#next++;
      list.push(this.#name('a rank after `,`'));
    }
    const none = list.find(({ text }) => text === nothing);
    if (none !== undefined && list.length > 1) throw this.#error('NONE stands in a list with others', none, 'Write NONE < a; on its own.');
    return list;
  }

  #name(what: string): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined || !name.test(token.text))
      throw this.#wrong(
        what,
        'Type a name, such as sched, a list such as allg, allp, or NONE; the last list of a statement ends with `;`.',
      );
    this.#next++;
    if (token.text !== nothing) this.#names.add(token.text);
    return token;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }

  #expect(sign: string, list: readonly Token[]): void {
    if (this.#peek() !== sign)
      throw this.#wrong(
        '`<`, `,` or `;`',
        `After ${list.at(-1)!.text}, type \`;\` to end the statement, \`,\` to go on with the list, or \`<\` before what may be taken under it.`,
      );
    this.#next++;
  }

  #wrong(expected: string, cure: string): HeddleError {
    const token = this.#tokens[this.#next];
    const found = token === undefined ? 'the end' : `\`${token.text}\``;
    const last = this.#tokens.at(-1);
    const end = last === undefined ? 0 : last.at + last.text.length;
    return this.#error(`expected ${expected}, found ${found}`, token ?? { text: '', at: end }, cure);
  }

  #error(what: string, token: Token, cure: string): HeddleError {
    return new HeddleError('ranks-unreadable', what, { where: this.#place(token), cure });
  }

  #place({ at }: Token): string {
    const lines = this.#text.slice(0, at).split('\n');
    return `${this.#source}:${lines.length}:${lines.at(-1)!.length + 1}`;
  }
}
