import type { Certificate } from '../explore/verdict.ts';
import type { Measure } from '../explore/size.ts';

const nouns: Readonly<Record<Measure | 'steps', string>> = {
  threads: 'thread',
  choices: 'choice',
  preemptions: 'preemption',
  steps: 'step',
};

/** What makes a run small, in words: `fewest threads, then choices, preemptions, steps`. */
export function orderInWords({ order }: Certificate): string {
  const [first, ...others] = [...order, 'steps'];
  return `fewest ${first}${others.length === 0 ? '' : `, then ${others.join(', ')}`}`;
}

/** What a certificate excludes, a sentence for each measure: `no violation with 0 preemptions: 1,204 states searched completely`. */
export function excludedSentences({ order, excludes, states, sought }: Certificate): readonly string[] {
  const measures: readonly (Measure | 'steps')[] = [...order, 'steps'];
  return measures.flatMap((measure, k) => {
    const bound = excludes[k]!;
    if (bound === 0) return [];
    const equal = measures.slice(0, k).map((other, at) => many(excludes[at]!, nouns[other]));
    const less = bound === 1 ? many(0, nouns[measure]) : `fewer than ${many(bound, nouns[measure])}`;
    const searched = many(states[k]!, 'state');
    return [
      `${sought === undefined ? 'no violation' : 'no wait-for cycle and no bad end'} with ${joined([...equal, less])}: ${searched} searched completely`,
    ];
  });
}

/** Where a search ended that did not end by itself: `2 threads, 1 choice, 0 preemptions and 17 steps`. */
export function notExcluded({ order, excludes }: Certificate): string {
  return joined([...order, 'steps' as const].map((measure, k) => many(excludes[k]!, nouns[measure])));
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function many(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
