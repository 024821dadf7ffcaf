export { guarantees } from '../models/compute-max-procs-natural/guarantees.ts';
