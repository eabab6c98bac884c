/** Reads upstream's protocol description files into the same shapes as our codecs have. */
import { readFileSync } from 'node:fs';
import type { Shape } from '../../../src-main/rpc/xdr/codec.ts';

/** Constants that the descriptions take from C headers. */
const headerConstants: Readonly<Record<string, number>> = {
  VIR_UUID_BUFLEN: 16,
  VIR_SECURITY_MODEL_BUFLEN: 257,
  VIR_SECURITY_LABEL_BUFLEN: 4097,
  VIR_SECURITY_DOI_BUFLEN: 257,
};

/** `VIR_TYPED_PARAM_*`, in the order of the header. */
const typedParamTags = ['INT', 'UINT', 'LLONG', 'ULLONG', 'DOUBLE', 'BOOLEAN', 'STRING'];

const scalars: Readonly<Record<string, Shape>> = {
  int: { kind: 'int' },
  char: { kind: 'int' },
  unsigned: { kind: 'uint' },
  'unsigned int': { kind: 'uint' },
  'unsigned char': { kind: 'uint' },
  'unsigned short': { kind: 'uint' },
  hyper: { kind: 'hyper' },
  'unsigned hyper': { kind: 'uhyper' },
  double: { kind: 'double' },
};

export interface ListedProcedure {
  readonly name: string;
  readonly number: number;
  readonly args: Shape;
  readonly ret: Shape;
  /** The description has a message of this name. */
  readonly message: Shape | undefined;
  readonly high: boolean;
  readonly stream: 'upload' | 'download' | undefined;
}

export interface ProtocolFile {
  readonly program: number;
  readonly version: number;
  readonly procedures: readonly ListedProcedure[];
  readonly structs: ReadonlyMap<string, Shape>;
}

const nothing: Shape = { kind: 'struct', fields: [] };

/**
 * @param prefix of constants and structures: `remote`.
 * @param known structures of a file that this one includes.
 */
export function readProtocol(path: string, prefix: string, known?: ProtocolFile): ProtocolFile {
  const text = readFileSync(path, 'utf8');
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^%.*$/gm, '');
  const constants = new Map(Object.entries(headerConstants));
  for (const [, name = '', value = ''] of bare.matchAll(/const (\w+) *= *(\w+);/g))
    constants.set(name, constants.get(value) ?? Number(value));
  const types = new Map<string, Shape>(known?.structs ?? []);
  for (const [, name = ''] of bare.matchAll(/enum (\w+) \{/g)) types.set(name, { kind: 'int' });
  const declarations = /typedef ([^;]+);|struct (\w+) \{([^}]*)\};|union (\w+) switch \(int type\) \{([^}]*)\};/g;
  for (const [, alias, struct, fields = '', union, arms = ''] of bare.matchAll(declarations)) {
    if (alias !== undefined) {
      const [name, shape] = declaration(alias, types, constants);
      types.set(name, shape);
    } else if (struct !== undefined) {
      types.set(struct, {
        kind: 'struct',
        fields: statements(fields).map((line) => declaration(line, types, constants)),
      });
    } else if (union !== undefined) {
      const tagged = [...arms.matchAll(/case VIR_TYPED_PARAM_(\w+):\s*([^;]+);/g)].map(
        ([, tag = '', line = '']) => [typedParamTags.indexOf(tag) + 1, declaration(line, types, constants)[1]] as const,
      );
      types.set(union, { kind: 'union', arms: tagged });
    }
  }
  const listed = new RegExp(`(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)?\\s*${prefix.toUpperCase()}_PROC_(\\w+) = (\\d+)`, 'g');
  return {
    program: constants.get(`${prefix.toUpperCase()}_PROGRAM`) ?? 0,
    version: constants.get(`${prefix.toUpperCase()}_PROTOCOL_VERSION`) ?? 0,
    structs: types,
    procedures: [...text.matchAll(listed)].map(([, notes = '', constant = '', number = '']) => {
      const name = constant.toLowerCase();
      return {
        name,
        number: Number(number),
        args: types.get(`${prefix}_${name}_args`) ?? nothing,
        ret: types.get(`${prefix}_${name}_ret`) ?? nothing,
        message: types.get(`${prefix}_${name}_msg`),
        high: notes.includes('@priority: high'),
        stream: notes.includes('@readstream') ? 'download' : notes.includes('@writestream') ? 'upload' : undefined,
      };
    }),
  };
}

function statements(body: string): readonly string[] {
  return body
    .split(';')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `unsigned hyper cells<MAX>`, `remote_domain *dom`, `char model[32]`. */
function declaration(
  line: string,
  types: ReadonlyMap<string, Shape>,
  constants: ReadonlyMap<string, number>,
): readonly [name: string, shape: Shape] {
  const match = /^(.+?)(\s\*|\s)\s*(\w+)(?:<(\w+)>|\[(\w+)\])?$/s.exec(line.replaceAll(/\s+/g, ' '));
  if (match === null) throw new Error(`'${line}' is not understood`);
  const [, base = '', pointer = '', name = '', maximumText, lengthText] = match;
  const number = (text: string): number => constants.get(text) ?? Number(text);
  const maximum = maximumText === undefined ? undefined : number(maximumText);
  const length = lengthText === undefined ? undefined : number(lengthText);
  if (base === 'string') return [name, { kind: 'string', maximum: maximum ?? Number.NaN }];
  if (base === 'opaque' || base === 'char') {
    if (maximum !== undefined) return [name, { kind: base === 'char' ? 'chars-list' : 'opaque-list', maximum }];
    if (length !== undefined) return [name, { kind: base === 'char' ? 'chars' : 'opaque', length }];
  }
  const type = scalars[base] ?? types.get(base);
  if (type === undefined) throw new Error(`'${base}' of '${line}' is not known`);
  const shape: Shape = maximum === undefined ? type : { kind: 'list', of: type, maximum };
  return [name, pointer.trim() === '*' ? { kind: 'optional', of: shape } : shape];
}

/** Our spelling of upstream's: `need_results` → `needResults`. */
export function camel(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A shape with the names of its fields in our spelling. */
export function renamed(shape: Shape): Shape {
  switch (shape.kind) {
    case 'struct':
      return { kind: 'struct', fields: shape.fields.map(([name, field]) => [camel(name), renamed(field)]) };
    case 'list':
      return { kind: 'list', of: renamed(shape.of), maximum: shape.maximum };
    case 'optional':
      return { kind: 'optional', of: renamed(shape.of) };
    case 'union':
      return { kind: 'union', arms: shape.arms.map(([tag, arm]) => [tag, renamed(arm)]) };
    default:
      return shape;
  }
}
