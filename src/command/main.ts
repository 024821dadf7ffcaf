#!/usr/bin/env node
/** Where links to earlier versions lead: npx keeps its own, to what the package's command was when it was first asked for. */
import { createRequire } from 'node:module';

createRequire(import.meta.url)('./main.cjs');
