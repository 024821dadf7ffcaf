import type { Found } from '../check/find-counterexample.ts';
import { findCounterexample } from '../check/find-counterexample.ts';
import { readCounterexample, scopeWords, type Counterexample } from '../counterexample/file.ts';
import { itf } from '../export/itf.ts';
import { mermaid } from '../export/mermaid.ts';
import { HeddleError } from '../model/error.ts';
import { loadModels, type StatedProtocol } from '../project/load-models.ts';
import { checkGuaranteeName, scopeOf, selectOne, type Selected } from '../project/select.ts';
import { count, unprovenSentence } from '../report/results.ts';
import { rootOf } from './options.ts';
import { noViolation, replayed } from './replayed.ts';
import type { Screen } from './screen.ts';
import { version } from './version.ts';

export type RunFormat = 'itf' | 'mermaid';

export interface RunFlags {
  readonly to: RunFormat;
  readonly scope: string;
  readonly guarantee?: string;
  /** In MB. */
  readonly memory: number;
  readonly root?: string;
}

/** The run of a recorded counterexample, for other tools. @throws HeddleError as `heddle replay` does */
export async function exportFile(path: string, flags: RunFlags): Promise<string> {
  const file = await readCounterexample(path);
  return told(await loadModels(rootOf(flags, path), [file.protocol]), file, path, flags.to);
}

/**
 * The smallest run of a variant that breaks a guarantee in a scope, for other tools.
 * @throws HeddleError `bad-usage` without a guarantee, `cannot-export` if none was found to break it
 */
export async function exportSmallest(name: string, flags: RunFlags, screen: Screen): Promise<string> {
  const protocols = await loadModels(rootOf(flags), [name]);
  const entry = selectOne(protocols, name);
  const { protocol, guarantees } = entry.loaded;
  scopeOf(protocol, flags.scope);
  if (flags.guarantee === undefined)
    throw new HeddleError('bad-usage', `--to ${flags.to} writes one run, and ${name} alone does not say which`, {
      cure: `Name a counterexample file, or a guarantee for the smallest run that breaks it: --guarantee ${guarantees.map((each) => each.name).join('|')}.`,
    });
  checkGuaranteeName([entry], flags.guarantee);
  const began = performance.now();
  const found = await findCounterexample(entry, flags.guarantee, {
    scope: flags.scope,
    maxBytes: flags.memory * 2 ** 20,
    heddle: version(),
    onProgress: ({ states }) => {
      if (process.stderr.isTTY && performance.now() - began > 1000) screen.progress(`${count(states)} states`);
    },
  });
  screen.clearProgress();
  if (found.kind === 'none') throw nothingFound(entry, flags.guarantee, found, flags);
  return told(protocols, found.file, `${protocol.name}/${entry.variant.name}`, flags.to);
}

function told(protocols: readonly StatedProtocol[], file: Counterexample, path: string, format: RunFormat): string {
  const { system, guarantee, outcome } = replayed(protocols, file, path);
  if (outcome.kind !== 'violates') throw noViolation(outcome, file, path);
  const { protocol, variant, certificate } = file;
  const { trace, contrast, schedule } = outcome;
  const story = { protocol, variant, scope: scopeWords(file), guarantee, violation: outcome, certificate, trace, contrast };
  return format === 'itf' ? itf(system, schedule, story, version()) : mermaid(story);
}

/** The error for a guarantee that no run of the scope was found to break. */
function nothingFound(
  { loaded: { protocol }, variant }: Selected<StatedProtocol>,
  guarantee: string,
  { verdict }: Extract<Found, { readonly kind: 'none' }>,
  { to, scope }: RunFlags,
): HeddleError {
  const where = `${protocol.name}/${variant.name}, scope ${scope}`;
  if (verdict.kind !== 'holds')
    return new HeddleError('cannot-export', `${guarantee} is not known to break: ${unprovenSentence(verdict)}`, {
      where,
      cure: 'Give it more room, --memory MB, or a smaller scope, --scope NAME.',
    });
  const breaking = protocol.variants
    .filter(({ expects }) => expects[guarantee] === 'violated' || expects[guarantee] === 'finding')
    .map(({ name }) => `${protocol.name}/${name}`);
  return new HeddleError('cannot-export', `${guarantee} holds in the scope, which was searched completely: there is no run to write`, {
    where,
    cure:
      breaking.length === 0
        ? `No variant of ${protocol.name} is expected to break it (\`heddle list ${protocol.name}\`); another scope may: --scope ${protocol.scopes.map(({ name }) => name).join('|')}.`
        : `Variants that break it: ${breaking.join(', ')}. Write \`heddle export ${breaking[0]} --to ${to} --guarantee ${guarantee}\`.`,
  });
}
