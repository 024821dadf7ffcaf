/** The other side of `random-crew.ts`: runs the blocks that it is handed, and sends what they showed. */
import { parentPort, workerData } from 'node:worker_threads';
import { HandOut } from '../explore/random/hand-out.ts';
import { settled } from '../explore/random/settings.ts';
import { Share } from '../explore/random/share.ts';
import { HeddleError } from '../model/error.ts';
import { loadModel } from '../project/load-models.ts';
import { systemOf, untilViolated } from './check-variant.ts';
import type { CrewJob, CrewMessage } from './random-crew.ts';

// Whoever starts this worker gives it a job.
const { compiled, variant: name, options, shared } = workerData as CrewJob;
const send = (message: CrewMessage): void => parentPort?.postMessage(message);

async function work(): Promise<void> {
  try {
    const { protocol, guarantees } = await loadModel(compiled);
    const variant = protocol.variants.find((each) => each.name === name)!;
    const system = systemOf(protocol, variant, guarantees, options.scope);
    const settings = settled({ ...options, untilViolated: untilViolated(variant, guarantees) });
    const share = new Share(system, settings);
    let told = performance.now();
    new HandOut(shared).work(system, settings, share, () => {
      if (performance.now() - told < 200) return;
      told = performance.now();
      const { steps, longest, schedules } = share.tally.sums();
      send({
        kind: 'progress',
        progress: { states: share.tally.states.size, transitions: steps, depth: longest, frontier: settings.schedules - schedules },
      });
    });
    send({ kind: 'done', tally: share.tally.sent, changeWithin: share.changeWithin });
  } catch (error) {
    if (error instanceof HeddleError) send({ kind: 'error', code: error.code, what: error.what, where: error.where, cure: error.cure });
    else throw error;
  }
}

void work();
