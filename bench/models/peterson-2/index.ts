import { peterson } from '../peterson/model.ts';

export default peterson(2);
