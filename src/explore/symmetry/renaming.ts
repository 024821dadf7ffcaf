import type { Rows } from '../../kernel/rows.ts';
import type { System } from '../../kernel/system.ts';
import type { Domain } from '../../model/domain.ts';
import type { Handle } from '../../model/handle.ts';
import { ofThread } from '../../model/per-thread.ts';

/** Threads that change places, and what that does to everything that is numbered by threads. */
export interface Renaming {
  /** Where each thread goes. */
  readonly threads: Int32Array;
  /** By thread: the local state of the thread in whose place it goes, for each of its own. */
  readonly nodes: readonly Int32Array[];
  /** By variable or ghost: its new code for each code; undefined where it holds no threads. */
  readonly values: readonly (Int32Array | undefined)[];
  /** By field of a variable, ghost, mutex, semaphore or gate: the one that it goes to, another where it is a thread's own. */
  readonly fields: Int32Array;
}

/** A set of renamings that is closed under composition. */
export interface Group {
  /** The first changes nothing. */
  readonly elements: readonly Renaming[];
  readonly inverse: Int32Array;
  /** By element, then element: the one that does the second first and then the first. */
  readonly product: readonly Int32Array[];
}

/**
 * What a thread-valued variable or ghost becomes when threads change places, and own handles as `fields` says; a string: why it can't.
 * What moves to another variable becomes what that one's values do: else where threads go would not decide what becomes of the rest.
 */
export function renamedValues(system: System, threads: Int32Array, fields: Int32Array): readonly (Int32Array | undefined)[] | string {
  const maps = system.values.map(
    ({ domain: { size, rename } }) =>
      rename && Int32Array.from({ length: size }, (_, code) => rename(code, (thread) => threads[thread] ?? thread)),
  );
  for (const [value, { name }] of system.values.entries()) {
    const image = fields[system.valueField(value)]!;
    if (maps[value]?.includes(-1) === true) return `${name} can hold some of the threads only`;
    if (maps[value]?.some((code, from) => maps[image]![from] !== code) === true) return unlike(name, system.values[image]!.name);
  }
  return maps;
}

function unlike(one: string, other: string): string {
  return `${one} and ${other} are not declared alike`;
}

/** By field of a handle: the one that it goes to when threads change places; a string: why it can't. */
export function movedFields(system: System, threads: Int32Array): Int32Array | string {
  const of = (handle: Handle): number => {
    const number = system.numberOf(handle, 'a renaming');
    switch (handle.kind) {
      case 'mutex':
        return system.mutexField(number);
      case 'semaphore':
        return system.semaphoreField(number);
      case 'gate':
        return system.gateField(number);
      default:
        return system.valueField(number);
    }
  };
  const fields = new Int32Array(system.handles.length);
  for (const handle of system.handles) {
    const image = ofThread(handle, (thread) => threads[thread] ?? thread);
    if (image === undefined || !system.handles.includes(image)) return `${handle.name} is one thread's own, and another has none`;
    if (!areAlike(handle, image)) return unlike(handle.name, image.name);
    fields[of(handle)] = of(image);
  }
  return fields;
}

/** Whether two handles differ in nothing but whose they are. */
function areAlike(one: Handle, other: Handle): boolean {
  if (one === other) return true;
  if (one.kind === 'mutex' && other.kind === 'mutex') return one.rank === other.rank;
  if (one.kind === 'semaphore' && other.kind === 'semaphore')
    return one.initial === other.initial && one.limit === other.limit && one.onlyBehind === other.onlyBehind;
  if (one.kind === 'variable' && other.kind === 'variable') return one.isPlain === other.isPlain && holdAlike(one.domain, other.domain);
  if (one.kind === 'ghost' && other.kind === 'ghost') return holdAlike(one.domain, other.domain);
  return one.kind === 'gate' && other.kind === 'gate';
}

/** What their values mean shows in what is done with them. */
function holdAlike(one: Domain<unknown>, other: Domain<unknown>): boolean {
  return one.size === other.size && (one.rename === undefined) === (other.rename === undefined);
}

/** By digit of a row that counts these numbers (fields, or values): the digit of another that counts it too; undefined if they do not count the same. */
export function digitsOf(mine: readonly number[], theirs: readonly number[]): readonly number[] | undefined {
  if (mine.length !== theirs.length) return undefined;
  if (mine.every((number, k) => number === theirs[k])) return mine.map((_, k) => k);
  const digits = mine.map((number) => theirs.indexOf(number));
  return digits.includes(-1) || new Set(digits).size < digits.length ? undefined : digits;
}

/** What a row is numbered by: fields, the values that renamings know, and what each counts. */
export type Digits = Pick<Rows, 'fields' | 'radices'>;

/** The row of another table that a row becomes, whose digits go where `digits` says. */
export function renamedRow(values: Renaming['values'], mine: Digits, theirs: Digits, digits: readonly number[], row: number): number {
  let image = 0;
  let rest = row;
  for (let k = mine.fields.length - 1; k >= 0; k--) {
    const code = Math.floor(rest / mine.radices[k]!);
    rest %= mine.radices[k]!;
    image += (values[mine.fields[k]!]?.[code] ?? code) * theirs.radices[digits[k]!]!;
  }
  return image;
}

/** The renaming that does `second` first. */
function composed(first: Renaming, second: Renaming): Renaming {
  return {
    threads: second.threads.map((thread) => first.threads[thread]!),
    nodes: second.nodes.map((nodes, thread) => nodes.map((node) => first.nodes[second.threads[thread]!]![node]!)),
    // A variable that comes to hold another's values holds threads too, or neither does.
    values: second.values.map((values, value) => values?.map((code) => first.values[second.fields[value]!]![code]!)),
    fields: second.fields.map((field) => first.fields[field]!),
  };
}

/** The group that some renamings of a system generate. */
export function groupOf(system: System, generators: readonly Renaming[]): Group {
  const identity: Renaming = {
    threads: Int32Array.from(system.scenario.threads, (_, thread) => thread),
    nodes: system.learners.map(({ states }) => Int32Array.from(states, (_, node) => node)),
    values: system.values.map(({ domain }) =>
      domain.rename === undefined ? undefined : Int32Array.from({ length: domain.size }, (_, code) => code),
    ),
    fields: Int32Array.from(system.handles, (_, field) => field),
  };
  // Where the threads go decides the rest, so an element is known by that.
  const numbers = new Map([[identity.threads.join(), 0]]);
  const elements = [identity];
  for (let next = 0; next < elements.length; next++)
    for (const generator of generators) {
      const element = composed(generator, elements[next]!);
      const key = element.threads.join();
      if (numbers.has(key)) continue;
      numbers.set(key, elements.length);
      elements.push(element);
    }
  const numberOf = (threads: Int32Array): number => numbers.get(threads.join())!;
  const product = elements.map(({ threads }) =>
    Int32Array.from(elements, (second) => numberOf(second.threads.map((thread) => threads[thread]!))),
  );
  return { elements, product, inverse: Int32Array.from(product, (row) => row.indexOf(0)) };
}
