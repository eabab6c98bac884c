/** `create`: a transient machine from XML as `virsh` has it, or a new machine from options as the window's page makes it. */
import { resolve } from 'node:path';
import type { Answer } from '../../../src-shared/contract/index.ts';
import type { Creation } from '../../../src-shared/contract/create.ts';
import { creationOptions, parseForwards, parseSize } from '../../creation/command.ts';
import { type Command, type Invocation, report, type Session, valueOf } from '../command.ts';
import { runJob } from '../jobs.ts';
import { usageError } from '../parse.ts';
import { readXmlFile } from './xml-file.ts';

export const createCommand: Command = {
  name: 'create',
  group: 'Machines',
  summary: 'start a transient machine from an XML file, or make a new one from options',
  description:
    'With a file: as virsh create. With --name: makes the disk, defines the machine and starts it; what is not given is what the operating system recommends.',
  operands: [{ name: 'file', kind: 'file', optional: true }],
  options: [{ name: 'paused', help: 'with a file: leave the guest paused' }, ...creationOptions],
  needs: 'engine',
  async run(session, invocation) {
    const { file } = invocation.operands;
    const name = valueOf(invocation, 'name');
    if (file !== undefined && name === undefined) return await createFromXml(session, invocation, file);
    if (name === undefined || file !== undefined) {
      throw usageError("command 'create' requires either <file> or --name", 'vivarium help create');
    }
    const spec = await specification(session, invocation, name);
    let uuid = '';
    await runJob(session, async () => {
      const started = await session.client.call('create.run', spec);
      ({ uuid } = started);
      return started.jobId;
    });
    return report(session, `Domain '${name}' created\n`, { name, uuid });
  },
};

async function createFromXml(session: Session, invocation: Invocation, file: string): Promise<number> {
  const domain = await session.client.call('domains.create-xml', {
    uri: session.uri,
    xml: await readXmlFile(file),
    paused: invocation.options['paused'] === true,
  });
  return report(session, `Domain '${domain.name}' created from ${file}\n`, { ...domain });
}

async function specification(session: Session, invocation: Invocation, name: string): Promise<Creation> {
  const { source, osId: found } = await sourceOf(session, invocation);
  const osId = valueOf(invocation, 'osinfo') ?? found;
  const wanted = await session.client.call('create.resources', {
    uri: session.uri,
    ...(osId === undefined ? {} : { osId }),
  });
  const sound = valueOf(invocation, 'sound') ?? wanted.sound ?? 'none';
  const title = valueOf(invocation, 'title');
  const folder = valueOf(invocation, 'folder');
  const disk = diskOf(invocation, wanted, source);
  return {
    uri: session.uri,
    name,
    source,
    osId: wanted.os.id,
    memoryKiB: Math.ceil(sizeOf(invocation, 'memory', 'MiB', wanted.memoryKiB * 1024) / 1024),
    vcpus: Number(valueOf(invocation, 'vcpus') ?? wanted.vcpus),
    firmware: choice(invocation, 'firmware', wanted.firmware),
    tpm: choice(invocation, 'tpm', wanted.tpm ? 'on' : 'off') === 'on',
    machine: choice(invocation, 'machine', wanted.machine),
    ...(disk === undefined ? {} : { disk }),
    network: networkOf(invocation),
    netModel: valueOf(invocation, 'nic') ?? wanted.netModel,
    forwards: forwardsOf(invocation),
    graphics: choice(invocation, 'graphics', 'spice'),
    video: choice(invocation, 'video', wanted.video as Creation['video']),
    ...(sound === 'none' ? {} : { sound }),
    ...(title === undefined ? {} : { title }),
    ...(folder === undefined ? {} : { folder }),
    startNow: invocation.options['no-start'] !== true,
  };
}

/** What is written wrongly is refused by the contract, with the field's name. */
function networkOf(invocation: Invocation): Creation['network'] {
  const given = valueOf(invocation, 'network') ?? 'user';
  const isOfHost = given.startsWith('network=') || given.startsWith('bridge=');
  if (given === 'user' || given === 'none' || isOfHost) return given as Creation['network'];
  throw usageError(`--network ${given}: it is one of user, none, network=NAME, bridge=NAME`, 'vivarium help create');
}

async function sourceOf(
  session: Session,
  invocation: Invocation,
): Promise<{ readonly source: Creation['source']; readonly osId?: string }> {
  const given = (['iso', 'import', 'copy', 'cloud-image', 'url', 'small-linux'] as const).filter(
    (name) => invocation.options[name] !== undefined,
  );
  if (given.length > 1) throw usageError(`--${given.join(' and --')} exclude each other`, 'vivarium help create');
  const [kind] = given;
  if (kind === undefined) return { source: { type: 'empty' } };
  if (kind === 'small-linux') return { source: { type: 'small-linux' } };
  const value = valueOf(invocation, kind) ?? '';
  if (kind === 'url') return { source: { type: 'url', url: value } };
  const path = resolve(value);
  const medium = await session.client.call('create.inspect-medium', { path });
  const os = medium.os === undefined ? {} : { osId: medium.os.id };
  const format = valueOf(invocation, 'format') ?? medium.format;
  switch (kind) {
    case 'iso':
      return { source: { type: 'iso', path }, ...os };
    case 'cloud-image':
      return { source: { type: 'cloud', path, format }, ...os };
    case 'import':
    case 'copy':
      return { source: { type: 'disk', path, format, mode: kind === 'copy' ? 'copy' : 'reference' }, ...os };
  }
}

function diskOf(
  invocation: Invocation,
  wanted: Answer<'create.resources'>,
  source: Creation['source'],
): Creation['disk'] {
  const needsNone = source.type === 'disk' || source.type === 'small-linux';
  const sizeBytes = sizeOf(invocation, 'disk', 'GiB', needsNone ? 0 : wanted.diskBytes);
  if (sizeBytes === 0) return undefined;
  const pool = valueOf(invocation, 'pool');
  return {
    sizeBytes,
    format: choice(invocation, 'disk-format', 'qcow2'),
    bus: choice(invocation, 'bus', wanted.diskBus),
    ...(pool === undefined ? {} : { pool }),
  };
}

function sizeOf(invocation: Invocation, name: string, unit: 'MiB' | 'GiB', otherwise: number): number {
  const text = valueOf(invocation, name);
  if (text === undefined) return otherwise;
  const bytes = parseSize(text, unit);
  if (bytes === undefined) throw usageError(`'${text}' for --${name} is not a size`, 'vivarium help create');
  return bytes;
}

function forwardsOf(invocation: Invocation): Creation['forwards'] {
  const text = valueOf(invocation, 'forward');
  if (text === undefined) return [];
  const forwards = parseForwards(text);
  if (forwards === undefined)
    throw usageError(`'${text}' for --forward is not a list such as tcp:2222:22`, 'vivarium help create');
  return forwards;
}

/** One of the option's words. */
function choice<W extends string>(invocation: Invocation, name: string, otherwise: W): W {
  const value = valueOf(invocation, name);
  if (value === undefined) return otherwise;
  const words = creationOptions.find((option) => option.name === name)?.words;
  if (words !== undefined && !words.includes(value)) {
    throw usageError(`'${value}' for --${name} is not one of ${words.join(', ')}`, 'vivarium help create');
  }
  return value as W;
}
