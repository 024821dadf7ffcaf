#!/usr/bin/env node
/**
 * Starts the command line from the bundle that `npm run build` made of it, which starts sooner (decision 0005).
 * Without a bundle, from the modules themselves.
 */
import { existsSync } from 'node:fs';

const isBundled = existsSync(new URL('../bundle/heddle.cjs', import.meta.url));
const program = isBundled ? await (await import('./bundled.ts')).bundled().parts.program() : await import('./program.ts');
await program.main();
