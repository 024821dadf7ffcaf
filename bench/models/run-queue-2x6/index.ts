import { runQueue } from '../run-queue/model.ts';

export default runQueue(2, 6);
