/**
 * An oxlint plugin for models: `"jsPlugins": ["heddle/oxlint-plugin"]` and `"heddle/no-floating-operation": "error"`.
 * The engine reports a forgotten `yield*` too (`operation-not-yielded`), but an editor does so while one types.
 */

interface Node {
  readonly type: string;
}
interface ImportDeclaration extends Node {
  readonly source: { readonly value: string };
  readonly specifiers: readonly { readonly local: { readonly name: string }; readonly imported?: { readonly name?: string } }[];
}
interface ExpressionStatement extends Node {
  readonly expression: Node & {
    readonly callee?: Node & { readonly name?: string };
    readonly argument?: ExpressionStatement['expression'];
    readonly delegate?: boolean;
  };
}
interface Context {
  report(finding: { readonly node: Node; readonly message: string }): void;
}

const operations = new Set(
  (
    'load store swap compareAndSwap fetchAdd lock unlock tryLock acquirem releasem acquire release ' +
    'stop start waitUntil atomically choose emit ensure self mayWaitForever loop forever become'
  ).split(' '),
);

/** Flags `load(x);` and `yield load(x);`: the first does nothing, the second yields a step without asking for it. */
const noFloatingOperation = {
  create(context: Context) {
    /** Local names of the operations that the file imports. */
    const imported = new Map<string, string>();
    return {
      ImportDeclaration({ source, specifiers }: ImportDeclaration) {
        if (source.value !== 'heddle') return;
        for (const { local, imported: original } of specifiers)
          if (operations.has(original?.name ?? '')) imported.set(local.name, local.name);
      },
      ExpressionStatement({ expression }: ExpressionStatement) {
        const plainYield = expression.type === 'YieldExpression' && expression.delegate !== true;
        const call = plainYield ? expression.argument : expression;
        const name = call?.type === 'CallExpression' && call.callee?.type === 'Identifier' ? (call.callee.name ?? '') : '';
        if (imported.has(name))
          context.report({ node: expression, message: `\`${name}(…)\` is never asked for: write \`yield* ${name}(…)\`.` });
      },
    };
  },
};

export default { meta: { name: 'heddle' }, rules: { 'no-floating-operation': noFloatingOperation } };
