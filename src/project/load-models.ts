import { HeddleError } from '../model/error.ts';
import type { Protocol } from '../model/protocol.ts';
import { siteOfError } from '../model/site.ts';
import { hasPlain, withBuiltIn, type Guarantee } from '../property/property.ts';
import { compileModels, modulesOf, type CompiledModel, type ModuleExports, type ProtocolModules } from './compile-models.ts';
import { findModels, noModels } from './find-models.ts';
import { matching } from './matching.ts';
import { unknown } from './unknown.ts';

/** A protocol with its guarantees, the built-in ones included. */
export interface StatedProtocol {
  readonly protocol: Protocol;
  readonly guarantees: readonly Guarantee[];
}

/** And where it was compiled to (for workers). */
export interface LoadedProtocol extends StatedProtocol {
  readonly compiled: CompiledModel;
}

/**
 * Loads the protocols below a root that a selection may name (all, if it is empty), so that a model that is broken stops
 * nobody from checking another. Throws `no-models`, `unknown-name`, `model-not-loaded`, or what the declarations throw.
 */
export async function loadModels(root: string, selection: readonly string[] = []): Promise<readonly LoadedProtocol[]> {
  const patterns = selection.map((pattern) => matching(pattern.split('/')[0]!));
  const files = findModels(root, (name) => patterns.length === 0 || patterns.some((matches) => matches(name)));
  if (files.length === 0) {
    const all = findModels(root).map(({ name }) => name);
    throw all.length === 0 ? noModels(root) : unknown('protocol', selection[0]!.split('/')[0]!, all);
  }
  return Promise.all((await compileModels(root, files)).map(loadModel));
}

/** Loads one compiled protocol. */
export async function loadModel(compiled: CompiledModel): Promise<LoadedProtocol> {
  return { ...(await statedBy(compiled.name, modulesOf(compiled))), compiled };
}

/** What the modules of a protocol state. */
export async function statedBy(name: string, { model, properties }: ProtocolModules): Promise<StatedProtocol> {
  const protocol = protocolOf(await evaluated(model), name);
  const stated = properties === undefined ? [] : guaranteesOf(await evaluated(properties), name);
  const names = new Set(stated.map((guarantee) => guarantee.name));
  if (names.size < stated.length)
    throw new HeddleError('duplicate-name', `two guarantees of ${name} have one name`, { where: `properties/${name}` });
  const guarantees = withBuiltIn(stated, protocol.ranks !== undefined, hasPlain(protocol.handles));
  checkExpectations(protocol, guarantees);
  return { protocol, guarantees };
}

async function evaluated(module: () => Promise<ModuleExports>): Promise<ModuleExports> {
  try {
    return await module();
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    if (!(error instanceof Error)) throw new HeddleError('model-not-loaded', String(error), { cause: error });
    const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    // Node names the compiled file that asks for a package, which nobody knows.
    const message = isMissing ? error.message.replace(/ imported from .*/s, '') : error.message;
    throw new HeddleError('model-not-loaded', `${error.name}: ${message}`, {
      site: siteOfError(error),
      cure: isMissing ? 'Install the package where the models are, or mend its name.' : undefined,
      cause: error,
    });
  }
}

function protocolOf(module: ModuleExports, name: string): Protocol {
  const found = module['default'] ?? module['protocol'] ?? module;
  if (typeof found !== 'object' || found === null || !('variants' in found) || !('scopes' in found))
    throw new HeddleError('model-not-loaded', `models/${name} does not export a protocol`, {
      where: `models/${name}/index.ts`,
      cure: "Write `export default protocol('name', { … })`.",
    });
  // What has variants and scopes was made by protocol(…), which checked the rest.
  const made = found as Protocol;
  if (made.name !== name)
    throw new HeddleError('model-not-loaded', `the protocol in models/${name} is named ${made.name}`, {
      where: `models/${name}/index.ts`,
      cure: 'Give folder and protocol the same name.',
    });
  return made;
}

function guaranteesOf(module: ModuleExports, name: string): readonly Guarantee[] {
  const found = module['guarantees'];
  if (!Array.isArray(found))
    throw new HeddleError('model-not-loaded', `properties/${name} does not export its guarantees`, {
      where: `properties/${name}.ts`,
      cure: 'Write `export const guarantees = [guarantee(…), …]`.',
    });
  return found as readonly Guarantee[];
}

/** A variant that expects something of a guarantee that does not exist would be silently green. */
function checkExpectations(protocol: Protocol, guarantees: readonly Guarantee[]): void {
  const names = new Set(guarantees.map(({ name }) => name));
  for (const variant of protocol.variants)
    for (const name of Object.keys(variant.expects))
      if (!names.has(name))
        throw new HeddleError(
          'unknown-name',
          `variant ${variant.name} of ${protocol.name} expects something of ${name}, which is not one of its guarantees`,
          { where: `models/${protocol.name}`, cure: `Its guarantees are ${[...names].join(', ')}.` },
        );
}
