import type { Counterexample } from '../counterexample/file.ts';
import { replay, type Replay } from '../counterexample/replay.ts';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { scenariosOf } from '../model/protocol.ts';
import type { StatedProtocol } from '../project/load-models.ts';
import { scopeOf, select } from '../project/select.ts';
import type { Guarantee } from '../property/property.ts';

/** What came of replaying a file, and on what. */
export interface Replayed {
  /** With raw automata. */
  readonly system: System;
  readonly guarantee: Guarantee;
  readonly outcome: Replay;
}

/**
 * Replays a file on the variant and scope that it names. A name that is gone is a model that has changed.
 * @throws HeddleError `counterexample-outdated`
 */
export function replayed(protocols: readonly StatedProtocol[], file: Counterexample, path: string): Replayed {
  try {
    const { loaded, variant } = select(protocols, [`${file.protocol}/${file.variant}`])[0]!;
    const { protocol, guarantees } = loaded;
    const { description } = file.scenario;
    const scenario =
      description === undefined
        ? scopeOf(protocol, file.scope).scenario(variant.routines)
        : scenariosOf(protocol).build(variant.routines)(description);
    const system = new System(protocol.handles, protocol.ranks, scenario, guarantees, { automata: 'on-demand' });
    const outcome = replay(system, file);
    return { system, guarantee: guarantees.find(({ name }) => name === file.guarantee)!, outcome };
  } catch (error) {
    // A description that can't be built any more is as gone as a scope.
    const gone = file.scenario.description === undefined ? ['unknown-name'] : ['unknown-name', 'bad-declaration'];
    if (!(error instanceof HeddleError) || !gone.includes(error.code)) throw error;
    throw new HeddleError('counterexample-outdated', error.what, { where: path, cause: error });
  }
}

/** The error for a file that does not violate any more, or does not fit. */
export function noViolation(outcome: Exclude<Replay, { readonly kind: 'violates' }>, file: Counterexample, path: string): HeddleError {
  const where = file.scenario.description === undefined ? `--scope ${file.scope}` : '--engine auto';
  const again = `heddle check ${file.protocol}/${file.variant} --guarantee ${file.guarantee} ${where} --record`;
  if (outcome.kind === 'parted')
    return new HeddleError(
      'counterexample-outdated',
      `it parts from the model at step ${outcome.at} of ${file.schedule.length}: the file has ${outcome.expected}, the model has ${outcome.found}`,
      { where: path, cure: `If the model was meant to change, record it again: ${again}` },
    );
  return new HeddleError('counterexample-passes', `all ${file.schedule.length} steps run, and ${file.guarantee} holds along them`, {
    where: path,
    cure: `If this is the fix, check the variant again: ${again}`,
  });
}
