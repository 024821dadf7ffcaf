import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { exploreLockOrder, type LockOrder } from '../check/explore-lock-order.ts';
import type { Status } from '../check/check-variant.ts';
import { counterexamplePath } from '../counterexample/file.ts';
import { traceOf } from '../counterexample/trace.ts';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import type { LockRanks, Protocol } from '../model/protocol.ts';
import { loadModels } from '../project/load-models.ts';
import { scopeOf, selectOne } from '../project/select.ts';
import type { Guarantee } from '../property/property.ts';
import type { PartialOrder } from '../ranks/partial-order.ts';
import { readRankFile } from '../ranks/rank-file.ts';
import { colours } from '../report/colours.ts';
import { renderColumns } from '../report/columns.ts';
import { lockOrderDot } from '../report/lock-order-dot.ts';
import { jsonLockOrder } from '../report/lock-order-json.ts';
import { renderLockOrder, whyForbidden } from '../report/lock-order.ts';
import { draw } from './draw.ts';
import { onInterrupt } from './interruption.ts';
import { rootOf, rootOption, whole } from './options.ts';
import { ProgressLine } from './progress-line.ts';
import { exitCodes, type Screen } from './screen.ts';
import { version } from './version.ts';

interface LockOrderFlags {
  readonly ranks?: string;
  readonly scope: string;
  readonly svg?: string;
  readonly memory: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly root?: string;
}

/** `heddle lock-order PROTOCOL[/variant]`: the order in which mutexes are really taken, against a rank graph. */
export function addLockOrder(program: Command, screen: Screen): void {
  program
    .command('lock-order')
    .argument('<protocol>', "protocol or protocol/variant; without a variant, the protocol's first")
    .description('lock-order edges that executions take, against a rank graph')
    .option('--ranks <file>', "ranks in the notation of mklockrank.go, or a source file with them, instead of the protocol's")
    .option('--scope <name>', 'gate (small, for every commit), full (for the night), or another of the protocol', 'gate')
    .option('--svg <file>', 'draw it: taken solid, forbidden red, allowed and not taken dashed')
    .option('--memory <mb>', 'budget for visited states', whole(1), 4096)
    .option('--json', 'the result as one JSON document')
    .option('--quiet', 'no progress')
    .addOption(rootOption())
    .action((name: string, flags: LockOrderFlags) => lockOrder(name, flags, screen));
}

async function lockOrder(name: string, flags: LockOrderFlags, screen: Screen): Promise<void> {
  const root = rootOf(flags);
  const entry = selectOne(await loadModels(root, [name]), name);
  const { protocol, guarantees } = entry.loaded;
  scopeOf(protocol, flags.scope);
  const file = flags.ranks === undefined ? undefined : readRankFile(flags.ranks);
  const ranks = file === undefined ? protocol.ranks : ranksFor(protocol, file, flags.ranks!);
  if (file !== undefined && file.undefinedNames.length > 0)
    console.error(`${flags.ranks}: never defined, so perhaps misspelt: ${file.undefinedNames.join(', ')} (NONE < name; defines one)`);

  const progress = new ProgressLine(screen, 1, flags.quiet === true);
  let interrupted = false;
  const worked = onInterrupt(() => {
    interrupted = true;
  });
  let order: LockOrder;
  try {
    order = await exploreLockOrder(
      protocol,
      entry.variant,
      { scope: flags.scope, ranks, maxBytes: flags.memory * 2 ** 20 },
      { interrupted: () => interrupted, onProgress: (state, seconds) => progress.show(entry, state, seconds) },
    );
  } finally {
    worked();
    screen.clearProgress();
  }

  const guarantee = guarantees.find(({ property }) => property.kind === 'lockOrder');
  const status = judge(order, file === undefined ? guarantee : undefined);
  if (flags.json === true)
    screen.print(
      JSON.stringify(jsonLockOrder(order, { version: version(), ranksFrom: flags.ranks, asExpected: status === 'as expected' }), null, 2),
    );
  else {
    const style = { width: screen.width, colours: colours(screen.colour) };
    screen.print(renderLockOrder(order, { ...style, ranksFrom: flags.ranks }));
    for (const story of stories(order, { root, flags, guarantee, ...style })) screen.print(`\n${story}`);
  }
  if (flags.svg !== undefined) await draw(lockOrderDot(order), flags.svg);
  process.exitCode = interrupted
    ? exitCodes.interrupted
    : { 'as expected': exitCodes.asExpected, unexpected: exitCodes.unexpected, open: exitCodes.open }[status];
}

/** The table of a file's graph. Throws `unknown-name` where a mutex has a rank that the file doesn't know. */
function ranksFor(protocol: Protocol, file: PartialOrder, path: string): LockRanks {
  const used = protocol.handles.flatMap((handle) => (handle.kind === 'mutex' && handle.rank !== undefined ? [handle.rank] : []));
  try {
    return file.only(...used);
  } catch (error) {
    if (!(error instanceof HeddleError) || error.code !== 'unknown-name') throw error;
    throw new HeddleError(error.code, error.what, {
      where: path,
      cure: `${error.cure} The mutexes of ${protocol.name} have ${used.join(', ')}.`,
    });
  }
}

/** With ranks of one's own, and for a protocol without the guarantee, every forbidden edge is unexpected. */
function judge({ use, variant, complete }: LockOrder, guarantee: Guarantee | undefined): Status {
  const forbidden = use.edges.some(({ breach }) => breach !== undefined);
  const expected = guarantee === undefined ? 'holds' : (variant.expects[guarantee.name] ?? variant.otherwise);
  if (forbidden) return expected === 'holds' ? 'unexpected' : 'as expected';
  if (!complete) return 'open';
  return expected === 'violated' || expected === 'finding' ? 'unexpected' : 'as expected';
}

interface Telling {
  readonly root: string;
  readonly flags: LockOrderFlags;
  readonly guarantee: Guarantee | undefined;
  readonly width: number;
  readonly colours: ReturnType<typeof colours>;
}

/** For each forbidden edge, a shortest run that takes it, and what to type to see one again. */
function stories(order: LockOrder, { root, flags, guarantee, width, colours }: Telling): readonly string[] {
  const { protocol, variant, scope } = order;
  const forbidden = order.use.edges.filter(({ breach }) => breach !== undefined);
  if (forbidden.length === 0) return [];
  const system = new System(protocol.handles, order.ranks, scopeOf(protocol, scope).scenario(variant.routines), [], {
    automata: 'on-demand',
  });
  const path = guarantee && join(root, counterexamplePath({ protocol: protocol.name, variant: variant.name, guarantee: guarantee.name }));
  const again =
    flags.ranks !== undefined || guarantee === undefined
      ? []
      : [
          `heddle check ${protocol.name}/${variant.name} --guarantee ${guarantee.name} --scope ${scope}`,
          ...(path !== undefined && existsSync(path) ? [`heddle replay ${relative(process.cwd(), path)}`] : []),
        ];
  const general = { name: 'lock-order', says: 'mutexes are taken in the order of their ranks', source: flags.ranks ?? 'built in' };
  const stated = flags.ranks === undefined ? (guarantee ?? general) : general;
  return [
    ...forbidden.map((edge) => {
      const steps = edge.witness.choices.length;
      return renderColumns(
        {
          protocol: protocol.name,
          variant: variant.name,
          scope,
          guarantee: stated,
          violation: { at: 'step', says: whyForbidden(edge) },
          certificate: { minimal: true, steps, excluded: 'every run of fewer steps was searched' },
          trace: traceOf(system, edge.witness),
        },
        { width, colors: colours },
      ).trimEnd();
    }),
    ...(again.length === 0 ? [] : [['the shortest of these again:', ...again.map((line) => `  ${line}`)].join('\n')]),
  ];
}
