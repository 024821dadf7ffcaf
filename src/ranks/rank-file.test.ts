import test from 'ava';
import { HeddleError } from '../model/error.ts';
import { rankGraphOf, readRankFile } from './rank-file.ts';

const go = `package main

// ranks is the graph.
const ranks = \`
# Channels
NONE < hchan < sudog; # below
NONE < panic < deadlock;
\`

var cyclicRanks = map[string]bool{
	// select
	"hchan": true,
	"deadlock": true,
	"nowhere": true,
}
`;

test('the graph of a Go source is the text between the backquotes, and the ranks that it lists as cyclic nest', (t) => {
  t.deepEqual(rankGraphOf(go, 'mklockrank.go').table(), { hchan: ['hchan'], sudog: ['hchan'], panic: [], deadlock: ['panic', 'deadlock'] });
});

test('places in a source file are those of the file', (t) => {
  const error = t.throws(() => rankGraphOf(go.replace('< sudog;', '< sudog'), 'mklockrank.go'), { instanceOf: HeddleError });
  t.like(error, { code: 'ranks-unreadable', where: 'mklockrank.go:7:1', what: 'expected `<`, `,` or `;`, found `NONE`' });
});

test('a text without a declaration is the notation itself', (t) => {
  t.deepEqual(rankGraphOf('NONE < ranks < a;', 'x').table(), { ranks: [], a: ['ranks'] });
});

test('a file that is not there is told', (t) => {
  t.like(
    t.throws(() => readRankFile('nowhere/ranks.txt'), { instanceOf: HeddleError }),
    { code: 'ranks-unreadable', where: 'nowhere/ranks.txt' },
  );
});
