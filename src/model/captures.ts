import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';
import type { Node, Function as FunctionNode, Pattern, MemberExpression } from 'acorn';
import type * as AcornWalk from 'acorn-walk';
import { HeddleError } from './error.ts';
import type { Site } from './site.ts';

/**
 * A body may capture only handles, routines and constants (DESIGN 1): its own source is parsed and every assignment
 * to a name that the body does not declare, or to a field of one, is an error.
 *
 * What this can't see: an object that other code mutates, and calls that mutate what they are given.
 * Those show as `differs-on-replay` when the body is learned.
 */
export function checkCaptures(body: (...parameters: never[]) => unknown, what: string, site: Site): void {
  const verdict = verdicts.get(body) ?? verdictOf(body);
  verdicts.set(body, verdict);
  if (verdict === 'clean') return;
  throw new HeddleError('captured-local', `${what} assigns ${verdict.assigned}, which it captured`, { site });
}

// Loaded when the first body has to be parsed: few assign anything.
const require = createRequire(import.meta.url);
const acorn = () => require('acorn') as typeof Acorn;
const acornWalk = () => require('acorn-walk') as typeof AcornWalk;

const verdicts = new WeakMap<object, 'clean' | { readonly assigned: string }>();
/** Sources that were found clean: a guard is a new function on every replay of its body, but its source is the same. */
const clean = new Set<string>();

function verdictOf(body: (...parameters: never[]) => unknown): 'clean' | { readonly assigned: string } {
  const source = body.toString();
  if (clean.has(source)) return 'clean';
  const assigned = mayAssign(source) ? assignedCapture(source) : undefined;
  if (assigned === undefined) clean.add(source);
  return assigned === undefined ? 'clean' : { assigned };
}

/**
 * Whether a source may assign to something that exists already. False only if it has no `=` but those of declarations,
 * comparisons and arrows, and nothing else that writes but the count of a loop that declares it; what stands in strings and
 * comments may make it true for nothing.
 */
function mayAssign(source: string): boolean {
  const rest = source
    .replace(/\bfor[ \t]*\([ \t]*let[ \t]+([\w$]+)(?=[ \t]*=)([^;\n{/'"`]*;[^;\n{/'"`]*;)[ \t]*\1(?:\+\+|--)[ \t]*\)/g, ' let $1$2 ')
    .replace(/\b(?:const|let|var)[ \t]+(?:[\w$]+|\{[^}=\n]*\}|\[[^\]=\n]*\])[ \t]*=(?!=)/g, ' ')
    .replace(/[=!]==|[=!]=|=>|(?<![<>])[<>]=(?!=)/g, ' ');
  return /=|\+\+|--|\bdelete\b|\bfor\b(?!\s*\(\s*(?:const|let|var)\b)/.test(rest);
}

function parse(source: string): Node {
  try {
    return acorn().parseExpressionAt(source, 0, { ecmaVersion: 'latest' });
  } catch {
    // A method shorthand is not an expression by itself, but it is a member of an object.
    return acorn().parseExpressionAt(`({ ${source} })`, 0, { ecmaVersion: 'latest' });
  }
}

/** The first captured name that the function assigns, or undefined. */
function assignedCapture(source: string): string | undefined {
  const tree = parse(source);
  let found: string | undefined;
  const target = (pattern: Pattern, ancestors: readonly Node[]): void => {
    for (const name of rootNames(pattern)) if (found === undefined && !declaredAround(name, ancestors)) found = name;
  };
  acornWalk().ancestor(tree, {
    AssignmentExpression: (node, _state, ancestors) => target(node.left, ancestors),
    UpdateExpression: (node, _state, ancestors) => target(node.argument as Pattern, ancestors),
    UnaryExpression: (node, _state, ancestors) => {
      if (node.operator === 'delete') target(node.argument as Pattern, ancestors);
    },
    ForOfStatement: (node, _state, ancestors) => {
      if (node.left.type !== 'VariableDeclaration') target(node.left, ancestors);
    },
    ForInStatement: (node, _state, ancestors) => {
      if (node.left.type !== 'VariableDeclaration') target(node.left, ancestors);
    },
  });
  return found;
}

/** The variables that a pattern assigns or whose fields it assigns. */
function rootNames(pattern: Pattern | MemberExpression): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'MemberExpression':
      return pattern.object.type === 'Identifier' || pattern.object.type === 'MemberExpression' ? rootNames(pattern.object as Pattern) : [];
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : rootNames(element)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        rootNames(property.type === 'RestElement' ? property.argument : (property.value as Pattern)),
      );
    case 'AssignmentPattern':
      return rootNames(pattern.left);
    case 'RestElement':
      return rootNames(pattern.argument);
  }
}

/** Whether one of the functions around a node declares the name, anywhere in it (blocks are not told apart). */
function declaredAround(name: string, ancestors: readonly Node[]): boolean {
  return ancestors.some((node) => /Function/.test(node.type) && declarationsOf(node as FunctionNode).has(name));
}

const declarations = new WeakMap<Node, Set<string>>();

function declarationsOf(root: FunctionNode): Set<string> {
  const known = declarations.get(root);
  if (known !== undefined) return known;
  const { base, recursive } = acornWalk();
  const names = new Set<string>(root.params.flatMap(rootNames));
  const add = (pattern: Pattern | null | undefined): void => {
    if (pattern) for (const name of rootNames(pattern)) names.add(name);
  };
  recursive(root, undefined, {
    // Only the outermost function's own declarations count; inner functions are asked for theirs.
    Function: (node, state, visit) => {
      if (node === root) base.Function?.(node, state, visit);
      else if (node.type === 'FunctionDeclaration') add(node.id);
    },
    VariableDeclarator: (node, state, visit) => {
      add(node.id);
      base.VariableDeclarator?.(node, state, visit);
    },
    Class: (node) => add(node.id),
    CatchClause: (node, state, visit) => {
      add(node.param);
      base.CatchClause?.(node, state, visit);
    },
  });
  declarations.set(root, names);
  return names;
}
