export { guarantees } from '../models/compute-max-procs/guarantees.ts';
