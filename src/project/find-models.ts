import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HeddleError } from '../model/error.ts';

/** Where a protocol's files are; paths are absolute. */
export interface ModelFiles {
  readonly name: string;
  /** `models/<name>/index.ts` or `.js`. */
  readonly model: string;
  /** `properties/<name>.ts` or `.js`; undefined if the protocol states no guarantees of its own. */
  readonly properties: string | undefined;
}

const endings = ['.ts', '.mts', '.js', '.mjs'];

/** The protocols below a root, by convention, of those that are wanted. */
export function findModels(root: string, isWanted: (name: string) => boolean = () => true): readonly ModelFiles[] {
  const folder = join(root, 'models');
  return (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
    .filter((entry) => entry.isDirectory() && isWanted(entry.name))
    .flatMap(({ name }) => {
      const model = firstOf(join(folder, name, 'index'));
      return model === undefined ? [] : [{ name, model, properties: firstOf(join(root, 'properties', name)) }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function noModels(root: string): HeddleError {
  return new HeddleError('no-models', `there is no models/<protocol>/index.ts below ${root}`);
}

function firstOf(stem: string): string | undefined {
  return endings.map((ending) => stem + ending).find((file) => existsSync(file));
}

/** The closest folder, from here upwards, that has a `models` folder; undefined if none has. */
export function findRoot(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'models'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
