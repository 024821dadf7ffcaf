import { computeMaxProcs } from '../compute-max-procs/model.ts';

export default computeMaxProcs(2, 2);
