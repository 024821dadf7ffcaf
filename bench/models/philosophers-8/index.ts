import { philosophers } from '../philosophers/model.ts';

export default philosophers(8);
