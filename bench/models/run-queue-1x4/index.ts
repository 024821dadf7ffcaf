import { runQueue } from '../run-queue/model.ts';

export default runQueue(1, 4);
