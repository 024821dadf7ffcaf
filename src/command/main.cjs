#!/usr/bin/env node
/**
 * Starts the command line from the bundle that `npm run build` made of it, which starts sooner (decision 0005).
 * Without a bundle, from the modules themselves. CommonJS, because Node's loader of ECMAScript modules takes longer to start than
 * all that this does.
 */
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const isBundled = existsSync(join(__dirname, '../bundle/start.cjs'));
if (isBundled) void require('./bundled.cjs').load('command/program.js').main();
else void import('./program.js').then(({ main }) => main());
