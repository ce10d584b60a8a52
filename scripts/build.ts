/** `npm run build`: makes of the bridge what the image runs, in `dist`. */
import { builtBridge } from './build/built.ts';

await builtBridge();
