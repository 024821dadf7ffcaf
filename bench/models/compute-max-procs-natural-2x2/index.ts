import { computeMaxProcsNaturally } from '../compute-max-procs-natural/model.ts';

export default computeMaxProcsNaturally(2, 2);
