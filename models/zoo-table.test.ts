import { readFileSync } from 'node:fs';
import test from 'ava';
import { builtProtocols, withTable } from './zoo-table.ts';

test('the table of models/README.md is what the models say (npm run zoo writes it)', async (t) => {
  const readme = readFileSync('models/README.md', 'utf8');
  t.is(readme, withTable(readme, await builtProtocols()));
});
