import type { Command } from 'commander';
import { catalogue, type ErrorCode } from '../model/error-catalogue.ts';
import { unknown } from '../project/unknown.ts';
import { colours } from '../report/colours.ts';
import { wrapped } from '../report/wrapped.ts';
import type { Screen } from './screen.ts';

/** `heddle explain CODE`. */
export function addExplain(program: Command, screen: Screen): void {
  program
    .command('explain')
    .argument('[code]', 'an error code; without one, all of them are listed')
    .description('what an error code means and how to mend it')
    .action((code: string | undefined) => {
      const { bold } = colours(screen.colour);
      if (code === undefined) {
        for (const [name, { title }] of Object.entries(catalogue)) screen.print(`${bold(name)}\n  ${title}`);
        return;
      }
      if (!(code in catalogue)) throw unknown('error code', code, Object.keys(catalogue), '`heddle explain` lists them all.');
      const entry = catalogue[code as ErrorCode];
      screen.print(
        [
          `${bold(code)}: ${entry.title}`,
          '',
          ...wrapped(entry.meaning, screen.width, ''),
          '',
          ...wrapped(entry.cure, screen.width, ''),
        ].join('\n'),
      );
    });
}
