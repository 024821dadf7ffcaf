import { treiber } from '../treiber/model.ts';

export default treiber(3, 2);
