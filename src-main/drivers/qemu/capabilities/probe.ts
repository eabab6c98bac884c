/**
 * Asks a QEMU what it can do. Everything comes over QMP, through a transport that may be a running QEMU or a recording
 * of one.
 */
import { QmpError } from '../qmp/error.ts';
import { isObject, type JsonObject } from '../qmp/message.ts';
import { flag, number, object, objects, optionalText, text, texts } from '../qmp/reply.ts';
import { askedDevices, askedMachineAliases, askedObjects } from './asked.ts';
import type { AcceleratorFacts, AcceleratorName, CommonFacts, ExpandedCpu } from './facts.ts';
import type { QemuCpuModel, QemuMachine } from './types.ts';

/** One command to a monitor and its answer. Rejects with QmpError when QEMU refuses. */
export type ProbeTransport = (command: string, args?: JsonObject) => Promise<unknown>;

/** What does not depend on the accelerator. Commands are sent without waiting for each other. */
export async function probeCommon(ask: ProbeTransport): Promise<CommonFacts> {
  const [version, target, schema, commandList, types, machineList, optionList] = await Promise.all([
    ask('query-version'),
    ask('query-target'),
    ask('query-qmp-schema'),
    ask('query-commands'),
    ask('qom-list-types'),
    ask('query-machines'),
    ask('query-command-line-options'),
  ]);
  const commands = names(commandList, 'query-commands');
  const typeNames = names(types, 'qom-list-types');
  // `none` is the empty board that probing itself uses.
  const machines = objects(machineList, 'query-machines')
    .map(readMachine)
    .filter(({ name }) => name !== 'none');
  const askIf = async (command: string): Promise<unknown> => (commands.includes(command) ? await ask(command) : []);
  const [kvm, tpmModels, tpmTypes, migration, properties] = await Promise.all([
    askIf('query-kvm'),
    askIf('query-tpm-models'),
    askIf('query-tpm-types'),
    askIf('query-migrate-capabilities'),
    probeProperties(ask, new Set(typeNames), machines),
  ]);
  const versionReply = object(version, 'query-version');
  const numbers = object(versionReply['qemu'], 'the version');
  return {
    version: { major: number(numbers, 'major'), minor: number(numbers, 'minor'), micro: number(numbers, 'micro') },
    package: text(versionReply, 'package').trim(),
    architecture: architectureName(text(object(target, 'query-target'), 'arch')),
    machines,
    types: typeNames,
    properties,
    commands,
    options: readOptions(optionList),
    schema: objects(schema, 'query-qmp-schema'),
    tpmModels: texts(tpmModels, 'query-tpm-models'),
    tpmTypes: texts(tpmTypes, 'query-tpm-types'),
    migrationCapabilities: objects(migration, 'query-migrate-capabilities').map((item) => text(item, 'capability')),
    kvm: isObject(kvm)
      ? { present: flag(kvm, 'present'), enabled: flag(kvm, 'enabled') }
      : { present: false, enabled: false },
  };
}

/** What a QEMU running with this accelerator says of CPUs. */
export async function probeAccelerator(
  ask: ProbeTransport,
  accelerator: AcceleratorName,
  common: CommonFacts,
): Promise<AcceleratorFacts> {
  if (!common.commands.includes('query-cpu-definitions')) return { cpuModels: [] };
  const [definitions, largestCpu] = await Promise.all([
    ask('query-cpu-definitions'),
    probeLargestCpu(ask, accelerator === 'tcg' ? 'max' : 'host', common),
  ]);
  const cpuModels = objects(definitions, 'query-cpu-definitions').map((item) =>
    readCpuModel(item, common.architecture),
  );
  return { cpuModels, ...(largestCpu === undefined ? {} : { largestCpu }) };
}

async function probeProperties(
  ask: ProbeTransport,
  types: ReadonlySet<string>,
  machines: readonly QemuMachine[],
): Promise<Record<string, readonly string[]>> {
  const machineTypes = askedMachineAliases.flatMap((alias) => {
    const machine = machines.find((item) => item.alias === alias || item.name === alias);
    return machine === undefined ? [] : [`${machine.name}-machine`];
  });
  const wanted: readonly (readonly [command: string, type: string])[] = [
    ...askedDevices.map((type) => ['device-list-properties', type] as const),
    ...[...askedObjects, ...machineTypes].map((type) => ['qom-list-properties', type] as const),
  ];
  const properties: Record<string, readonly string[]> = {};
  await Promise.all(
    wanted.map(async ([command, typename]) => {
      if (!types.has(typename)) return;
      try {
        properties[typename] = names(await ask(command, { typename }), command);
      } catch (thrown) {
        // A type may exist that nobody can make one of: an abstract one, or one that needs KVM.
        if (!(thrown instanceof QmpError)) throw thrown;
      }
    }),
  );
  return properties;
}

/**
 * The fullest CPU a guest can have, with the features that would not survive a migration told apart: those that appear
 * only when migratability is not asked for.
 */
async function probeLargestCpu(
  ask: ProbeTransport,
  model: string,
  common: CommonFacts,
): Promise<ExpandedCpu | undefined> {
  if (!common.commands.includes('query-cpu-model-expansion')) return undefined;
  const isX86 = common.architecture === 'x86_64' || common.architecture === 'i686';
  const isArm = common.architecture === 'aarch64' || common.architecture === 'armv7l';
  const type = isArm ? 'full' : 'static';
  const expand = async (props?: JsonObject): Promise<ExpandedCpu | undefined> => {
    try {
      const reply = await ask('query-cpu-model-expansion', { type, model: { name: model, ...(props && { props }) } });
      return readExpandedCpu(reply);
    } catch (thrown) {
      // A QEMU without this model (`host` on a board that has no such CPU) has nothing to expand.
      if (thrown instanceof QmpError) return undefined;
      throw thrown;
    }
  };
  const canUnmigratable = isX86 && (common.properties['max-x86_64-cpu'] ?? []).includes('migratable');
  const [migratable, everything] = await Promise.all([
    expand(),
    canUnmigratable ? expand({ migratable: false }) : undefined,
  ]);
  if (migratable === undefined || everything === undefined) return migratable;
  const unmigratable = Object.keys(everything.properties).filter(
    (name) => everything.properties[name] === true && migratable.properties[name] === false,
  );
  const properties = { ...migratable.properties };
  for (const name of unmigratable) properties[name] = true;
  return { ...migratable, properties, unmigratable };
}

function readExpandedCpu(reply: unknown): ExpandedCpu {
  const model = object(object(reply, 'query-cpu-model-expansion')['model'], 'the CPU model');
  const properties: Record<string, boolean | number | string> = {};
  const props = model['props'] === undefined ? {} : object(model['props'], 'the CPU properties');
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') properties[name] = value;
  }
  return { model: text(model, 'name'), properties, unmigratable: [] };
}

function readMachine(from: JsonObject): QemuMachine {
  const alias = optionalText(from, 'alias');
  const defaultCpuType = optionalText(from, 'default-cpu-type');
  const defaultRamId = optionalText(from, 'default-ram-id');
  return {
    name: text(from, 'name'),
    ...(alias === undefined ? {} : { alias }),
    isDefault: flag(from, 'is-default'),
    maxCpus: number(from, 'cpu-max'),
    hotpluggableCpus: flag(from, 'hotpluggable-cpus'),
    numaMemorySupported: flag(from, 'numa-mem-supported'),
    deprecated: flag(from, 'deprecated'),
    ...(defaultCpuType === undefined ? {} : { defaultCpuType }),
    ...(defaultRamId === undefined ? {} : { defaultRamId }),
    ...(from['acpi'] === undefined ? {} : { acpi: flag(from, 'acpi') }),
  };
}

function readCpuModel(from: JsonObject, architecture: string): QemuCpuModel {
  const name = text(from, 'name');
  const blockers = texts(from['unavailable-features'] ?? [], 'unavailable-features');
  return {
    // libvirt has always written these in capitals; QEMU takes both.
    name: architecture.startsWith('ppc64') && /^power\d+$/.test(name) ? name.toUpperCase() : name,
    typename: optionalText(from, 'typename') ?? '',
    usable: blockers.length === 0,
    blockers,
    deprecated: flag(from, 'deprecated'),
  };
}

function readOptions(reply: unknown): Record<string, readonly string[]> {
  const options: Record<string, readonly string[]> = {};
  for (const item of objects(reply, 'query-command-line-options')) {
    options[text(item, 'option')] = names(item['parameters'], 'parameters');
  }
  return options;
}

const names = (reply: unknown, what: string): readonly string[] =>
  objects(reply, what).map((item) => text(item, 'name'));

/** QEMU names two targets otherwise than libvirt does. */
function architectureName(target: string): string {
  if (target === 'i386') return 'i686';
  return target === 'arm' ? 'armv7l' : target;
}
