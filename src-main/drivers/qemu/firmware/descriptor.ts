/** Firmware descriptions as QEMU's `docs/interop/firmware.json` defines them: what distributions say of their OVMF. */
import { isObject, type JsonObject } from '../qmp/message.ts';

export interface FirmwareDescriptor {
  /** The file the description came from, for messages. */
  readonly path: string;
  readonly description: string;
  readonly interfaces: readonly string[];
  readonly mapping: FirmwareMapping;
  readonly targets: readonly FirmwareTarget[];
  readonly features: ReadonlySet<string>;
}

interface FirmwareFile {
  readonly filename: string;
  readonly format: string;
}

type FirmwareMapping =
  | {
      readonly device: 'flash';
      readonly mode: 'split' | 'combined' | 'stateless';
      readonly executable: FirmwareFile;
      readonly nvramTemplate?: FirmwareFile;
    }
  | { readonly device: 'kernel'; readonly filename: string }
  | { readonly device: 'memory'; readonly filename: string };

interface FirmwareTarget {
  readonly architecture: string;
  /** Shell patterns of machine names. */
  readonly machines: readonly string[];
}

/** @throws SyntaxError that says what is wrong with the description. */
export function parseFirmwareDescriptor(path: string, text: string): FirmwareDescriptor {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new SyntaxError('the description is not an object');
  return {
    path,
    description: typeof value['description'] === 'string' ? value['description'] : '',
    interfaces: texts(value, 'interface-types'),
    mapping: parseMapping(value['mapping']),
    targets: objects(value, 'targets').map((target) => ({
      architecture: textOf(target, 'architecture'),
      machines: texts(target, 'machines'),
    })),
    features: new Set(texts(value, 'features')),
  };
}

function parseMapping(value: unknown): FirmwareMapping {
  if (!isObject(value)) throw new SyntaxError("'mapping' is missing");
  switch (value['device']) {
    case 'flash': {
      const mode = value['mode'] ?? 'split';
      if (mode !== 'split' && mode !== 'combined' && mode !== 'stateless') {
        throw new SyntaxError(`the mode '${String(mode)}' of the flash is not known`);
      }
      const template = value['nvram-template'];
      return {
        device: 'flash',
        mode,
        executable: parseFile(value['executable'], 'executable'),
        ...(template === undefined ? {} : { nvramTemplate: parseFile(template, 'nvram-template') }),
      };
    }
    case 'kernel':
    case 'memory':
      return { device: value['device'], filename: textOf(value, 'filename') };
    default:
      throw new SyntaxError(`the device '${String(value['device'])}' of the mapping is not known`);
  }
}

function parseFile(value: unknown, name: string): FirmwareFile {
  if (!isObject(value)) throw new SyntaxError(`'${name}' is missing`);
  return { filename: textOf(value, 'filename'), format: textOf(value, 'format') };
}

function textOf(value: JsonObject, name: string): string {
  const item = value[name];
  if (typeof item !== 'string') throw new SyntaxError(`'${name}' is not a text`);
  return item;
}

function texts(value: JsonObject, name: string): string[] {
  const list = value[name];
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
    throw new SyntaxError(`'${name}' is not a list of texts`);
  }
  return list;
}

function objects(value: JsonObject, name: string): JsonObject[] {
  const list = value[name];
  if (!Array.isArray(list) || !list.every(isObject)) throw new SyntaxError(`'${name}' is not a list of objects`);
  return list;
}
