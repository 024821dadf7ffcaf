import { treiber } from '../treiber/model.ts';

export default treiber(2, 2);
