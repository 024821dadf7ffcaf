/** The other side of `worker.ts`: explores one variant after another in a thread of its own and sends back what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { HeddleError } from '../model/error.ts';
import { loadModel } from '../project/load-models.ts';
import { exploreVariant } from './check-variant.ts';
import type { Job, Message } from './worker.ts';

const flag = new Int32Array(workerData as SharedArrayBuffer);
const send = (message: Message): void => parentPort?.postMessage(message);

async function work({ compiled, variant: name, options }: Job): Promise<void> {
  try {
    const { protocol, guarantees } = await loadModel(compiled);
    const variant = protocol.variants.find((each) => each.name === name)!;
    const explored = await exploreVariant(protocol, variant, guarantees, options, {
      interrupted: () => Atomics.load(flag, 0) === 1,
      onProgress: (progress, seconds) => send({ kind: 'progress', progress, seconds }),
    });
    send({ kind: 'explored', explored });
  } catch (error) {
    if (error instanceof HeddleError) send({ kind: 'error', code: error.code, what: error.what, where: error.where, cure: error.cure });
    else throw error;
  }
}

parentPort?.on('message', (job: Job) => void work(job));
