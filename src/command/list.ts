import type { Command } from 'commander';
import { loadModels } from '../project/load-models.ts';
import { select } from '../project/select.ts';
import { colours } from '../report/colours.ts';
import { wrapped } from '../report/wrapped.ts';
import { rootOption, rootOf } from './options.ts';
import type { Screen } from './screen.ts';

/** `heddle list [selection]`. */
export function addList(program: Command, screen: Screen): void {
  program
    .command('list')
    .argument('[selection...]', 'protocol, protocol/variant, or globs; none means all')
    .description('protocols, variants, guarantees, scopes, and where each comes from')
    .addOption(rootOption())
    .action(async (patterns: string[], options: { root?: string }) => {
      const { bold, dim } = colours(screen.colour);
      const selected = select(await loadModels(rootOf(options), patterns), patterns);
      for (const loaded of new Set(selected.map((entry) => entry.loaded))) {
        const { protocol, guarantees } = loaded;
        const item = (name: string, text: string): string =>
          [`    ${bold(name)}`, ...wrapped(text, screen.width, '      ').map(dim)].join('\n');
        screen.print(
          [
            bold(protocol.name),
            ...wrapped(protocol.about, screen.width, '  '),
            ...wrapped(`from ${protocol.source}`, screen.width, '  '),
            '  scopes',
            ...protocol.scopes.map(({ name, about }) => item(name, about)),
            '  variants',
            ...selected.filter((entry) => entry.loaded === loaded).map(({ variant }) => item(variant.name, expectationsOf(variant))),
            '  guarantees',
            ...guarantees.map(({ name, says, source }) => item(name, `${says} (${source})`)),
          ].join('\n'),
        );
      }
    });
}

function expectationsOf({
  about,
  expects,
  otherwise,
}: {
  readonly about: string;
  readonly expects: Readonly<Record<string, string>>;
  readonly otherwise: string;
}): string {
  const named = Object.entries(expects).map(([guarantee, expectation]) => `${guarantee} ${expectation}`);
  const rest = otherwise === 'holds' ? (named.length === 0 ? 'all guarantees hold' : 'the others hold') : 'the others are not judged';
  return `${about}. Expected: ${[...named, rest].join(', ')}`;
}
