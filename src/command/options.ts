import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { findRoot } from '../project/find-models.ts';

/** The option that says where `models/` is. */
export function rootOption(): Option {
  return new Option('--root <dir>', 'where models/ and properties/ are (default: the closest folder upwards that has models/)');
}

/** Where `models/` is: as told, else upwards from the file that the command is about, else from the working directory. */
export function rootOf({ root }: { readonly root?: string | undefined }, file?: string): string {
  if (root !== undefined) return resolve(root);
  return (file === undefined ? undefined : findRoot(dirname(resolve(file)))) ?? findRoot(process.cwd()) ?? process.cwd();
}

/** Parses a whole number from `least` on; anything else is a usage error. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least) throw new InvalidArgumentError(`It is a whole number from ${least} on.`);
    return number;
  };
}

/** Parses a positive number. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('It is a number above 0.');
  return number;
}
