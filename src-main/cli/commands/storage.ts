/** Commands for storage pools and volumes. */
import { basename, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import type { PoolInfo, VolumeInfo } from '../../../src-shared/contract/storage.ts';
import { type Command, operandOf, report, type Session, valueOf } from '../command.ts';
import { runJob } from '../jobs.ts';
import { field, parseSize, prettyBytes, table } from '../output.ts';
import { usageError } from '../parse.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { fromXmlFile } from './xml-file.ts';

const poolOperand = { name: 'pool', kind: 'pool' } as const;
const volumeOperand = { name: 'vol', kind: 'volume' } as const;
const poolOption = { name: 'pool', value: 'POOL', help: "the volume's pool; not needed with a path" } as const;
const formats = ['raw', 'qcow2', 'vmdk', 'vdi'] as const;

/** A pool by name or UUID. */
async function findPool(session: Session, text: string): Promise<PoolInfo> {
  const pools = await session.client.call('storage.pools', { uri: session.uri });
  const pool = pools.find((candidate) => candidate.name === text || candidate.uuid === text);
  if (pool !== undefined) return pool;
  throw new VirError({ code: 'no-storage-pool', domain: 'storage', message: `failed to get pool '${text}'` });
}

/** A volume by name in a pool, or by path in any. */
async function findVolume(session: Session, text: string, pool: string | undefined): Promise<VolumeInfo> {
  const pools =
    pool === undefined
      ? await session.client.call('storage.pools', { uri: session.uri })
      : [await findPool(session, pool)];
  if (pool === undefined && !text.includes('/')) {
    throw usageError(`failed to get vol '${text}', specifying --pool might help`);
  }
  for (const candidate of pools.filter((entry) => entry.active)) {
    const volumes = await session.client.call('storage.volumes', { uri: session.uri, pool: candidate.uuid });
    const found = volumes.find((volume) => volume.name === text || volume.path === resolve(text));
    if (found !== undefined) return found;
  }
  throw new VirError({ code: 'no-storage-vol', domain: 'storage', message: `failed to get vol '${text}'` });
}

function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw usageError(`Malformed size ${text}`);
  return bytes;
}

type PoolCall =
  | 'storage.pool-start'
  | 'storage.pool-build'
  | 'storage.pool-destroy'
  | 'storage.pool-undefine'
  | 'storage.pool-refresh';

function poolCommand(name: string, call: PoolCall, summary: string, done: string): Command {
  return {
    name,
    group: 'Storage',
    summary,
    operands: [poolOperand],
    needs: 'engine',
    async run(session, invocation) {
      const pool = await findPool(session, operandOf(invocation, 'pool'));
      await session.client.call(call, { uri: session.uri, pool: pool.uuid });
      return report(session, `Pool ${pool.name} ${done}\n`, { uuid: pool.uuid, name: pool.name });
    },
  };
}

/** A command that names one volume. */
function volumeCommand(
  command: Pick<Command, 'name' | 'summary' | 'options'> & { readonly operands?: Command['operands'] },
  run: (
    session: Session,
    volume: VolumeInfo,
    invocation: Parameters<Extract<Command, { needs: 'engine' }>['run']>[1],
  ) => Promise<number>,
): Command {
  return {
    ...command,
    group: 'Storage',
    operands: [volumeOperand, ...(command.operands ?? [])],
    options: [poolOption, ...(command.options ?? [])],
    needs: 'engine',
    async run(session, invocation) {
      const volume = await findVolume(session, operandOf(invocation, 'vol'), valueOf(invocation, 'pool'));
      return await run(session, volume, invocation);
    },
  };
}

const place = (session: Session, volume: VolumeInfo): { uri: string; pool: string; name: string } => ({
  uri: session.uri,
  pool: volume.pool,
  name: volume.name,
});

export const storageCommands: readonly Command[] = [
  {
    name: 'pool-list',
    group: 'Storage',
    summary: 'list storage pools',
    options: [
      { name: 'all', help: 'inactive ones too' },
      { name: 'inactive', help: 'only inactive ones' },
      { name: 'name', help: 'only the names' },
      { name: 'uuid', help: 'only the UUIDs' },
      { name: 'details', help: 'with sizes' },
    ],
    needs: 'engine',
    async run(session, { options }) {
      const all = await session.client.call('storage.pools', { uri: session.uri });
      const pools = all
        .filter((pool) => (options['all'] === true ? true : options['inactive'] === true ? !pool.active : pool.active))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      if (session.json) return report(session, '', { pools });
      if (options['name'] === true || options['uuid'] === true) {
        const line = (pool: PoolInfo): string => (options['uuid'] === true ? pool.uuid : pool.name);
        session.print(`${pools.map(line).join('\n')}\n\n`);
        return 0;
      }
      const yes = (value: boolean): string => (value ? 'yes' : 'no');
      const details = options['details'] === true;
      const rows = pools.map((pool) => [
        pool.name,
        details ? (pool.active ? 'running' : 'inactive') : pool.active ? 'active' : 'inactive',
        yes(pool.autostart),
        ...(details
          ? [
              yes(pool.persistent),
              ...(pool.active
                ? [pool.capacityBytes, pool.allocationBytes, pool.availableBytes].map(prettyBytes)
                : ['-', '-', '-']),
            ]
          : []),
      ]);
      const header = [
        'Name',
        'State',
        'Autostart',
        ...(details ? ['Persistent', 'Capacity', 'Allocation', 'Available'] : []),
      ];
      session.print(table(header, rows));
      return 0;
    },
  },
  {
    name: 'pool-info',
    group: 'Storage',
    summary: 'tell the basics of a storage pool',
    operands: [poolOperand],
    options: [{ name: 'bytes', help: 'sizes in bytes' }],
    needs: 'engine',
    async run(session, invocation) {
      const pool = await findPool(session, operandOf(invocation, 'pool'));
      const amount = (bytes: number): string =>
        invocation.options['bytes'] === true ? String(bytes) : prettyBytes(bytes);
      const text = [
        field('Name', pool.name),
        field('UUID', pool.uuid),
        field('State', pool.active ? 'running' : 'inactive'),
        field('Persistent', pool.persistent ? 'yes' : 'no'),
        field('Autostart', pool.autostart ? 'yes' : 'no'),
        ...(pool.active
          ? [
              field('Capacity', amount(pool.capacityBytes)),
              field('Allocation', amount(pool.allocationBytes)),
              field('Available', amount(pool.availableBytes)),
            ]
          : []),
      ].join('');
      return report(session, text, { ...pool });
    },
  },
  {
    name: 'pool-dumpxml',
    group: 'Storage',
    summary: 'print the XML of a storage pool',
    operands: [poolOperand],
    options: [{ name: 'inactive', help: 'as it is stored' }],
    needs: 'engine',
    async run(session, invocation) {
      const pool = await findPool(session, operandOf(invocation, 'pool'));
      const inactive = invocation.options['inactive'] === true;
      const xml = await session.client.call('storage.pool-xml', { uri: session.uri, pool: pool.uuid, inactive });
      return report(session, `${xml.trimEnd()}\n\n`, { uuid: pool.uuid, xml });
    },
  },
  fromXmlFile({
    name: 'pool-define',
    group: 'Storage',
    summary: 'define a storage pool from an XML file',
    make: (session, xml) => session.client.call('storage.pool-define', { uri: session.uri, xml }),
    done: ({ name }, file) => `Pool ${name} defined from ${file}`,
  }),
  poolCommand('pool-start', 'storage.pool-start', 'start a storage pool', 'started'),
  poolCommand('pool-build', 'storage.pool-build', 'make what a storage pool needs (its folder)', 'built'),
  poolCommand('pool-destroy', 'storage.pool-destroy', 'stop a storage pool; its data stays', 'destroyed'),
  poolCommand(
    'pool-undefine',
    'storage.pool-undefine',
    'remove the definition of a storage pool',
    'has been undefined',
  ),
  poolCommand('pool-refresh', 'storage.pool-refresh', 'look at the volumes of a storage pool again', 'refreshed'),
  {
    name: 'pool-autostart',
    group: 'Storage',
    summary: 'start a storage pool with the engine',
    operands: [poolOperand],
    options: [{ name: 'disable', help: 'do not any more' }],
    needs: 'engine',
    async run(session, invocation) {
      const pool = await findPool(session, operandOf(invocation, 'pool'));
      const autostart = invocation.options['disable'] !== true;
      await session.client.call('storage.pool-set-autostart', { uri: session.uri, pool: pool.uuid, autostart });
      return report(session, `Pool ${pool.name} ${autostart ? 'marked' : 'unmarked'} as autostarted\n`, {
        uuid: pool.uuid,
        autostart,
      });
    },
  },
  {
    name: 'vol-list',
    group: 'Storage',
    summary: 'list the volumes of a storage pool',
    operands: [poolOperand],
    options: [{ name: 'details', help: 'with types and sizes' }],
    needs: 'engine',
    async run(session, invocation) {
      const pool = await findPool(session, operandOf(invocation, 'pool'));
      const found = await session.client.call('storage.volumes', { uri: session.uri, pool: pool.uuid });
      const volumes = found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      if (session.json) return report(session, '', { volumes });
      const details = invocation.options['details'] === true;
      const rows = volumes.map((volume) => [
        volume.name,
        volume.path,
        ...(details ? [volume.type, prettyBytes(volume.capacityBytes), prettyBytes(volume.allocationBytes)] : []),
      ]);
      session.print(table(['Name', 'Path', ...(details ? ['Type', 'Capacity', 'Allocation'] : [])], rows));
      return 0;
    },
  },
  {
    name: 'vol-create-as',
    group: 'Storage',
    summary: 'create a volume',
    operands: [poolOperand, { name: 'name', kind: 'text' }, { name: 'capacity', kind: 'text' }],
    options: [
      { name: 'format', value: 'FORMAT', help: 'raw (the default), qcow2, vmdk or vdi', words: formats },
      { name: 'prealloc', help: 'take the space now' },
      { name: 'backing-vol', value: 'PATH', help: 'the image it starts as a copy of' },
      { name: 'backing-vol-format', value: 'FORMAT', help: 'the format of that image' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const pool = await findPool(session, operandOf(invocation, 'pool'));
      const name = operandOf(invocation, 'name');
      const wanted = valueOf(invocation, 'format') ?? 'raw';
      const format = formats.find((known) => known === wanted);
      if (format === undefined) throw usageError(`Unknown format '${wanted}', must be one of ${formats.join(', ')}`);
      const backing = valueOf(invocation, 'backing-vol');
      const capacityBytes = size(operandOf(invocation, 'capacity'));
      await runJob(session, () =>
        session.client.call('storage.volume-create', {
          uri: session.uri,
          pool: pool.uuid,
          name,
          format,
          capacityBytes,
          preallocate: invocation.options['prealloc'] === true,
          ...(backing === undefined
            ? {}
            : { backing: { path: resolve(backing), format: valueOf(invocation, 'backing-vol-format') ?? 'raw' } }),
        }),
      );
      return report(session, `Vol ${name} created\n`, { pool: pool.uuid, name, capacityBytes, format });
    },
  },
  volumeCommand(
    { name: 'vol-info', summary: 'tell the basics of a volume', options: [{ name: 'bytes', help: 'sizes in bytes' }] },
    async (session, volume, invocation) => {
      const amount = (bytes: number): string =>
        invocation.options['bytes'] === true ? `${bytes} bytes` : prettyBytes(bytes);
      const text = [
        field('Name', volume.name),
        field('Type', volume.type),
        field('Capacity', amount(volume.capacityBytes)),
        field('Allocation', amount(volume.allocationBytes)),
      ].join('');
      return await Promise.resolve(report(session, text, { ...volume }));
    },
  ),
  volumeCommand({ name: 'vol-path', summary: 'print the path of a volume' }, (session, volume) =>
    Promise.resolve(report(session, `${volume.path}\n`, { path: volume.path })),
  ),
  volumeCommand({ name: 'vol-dumpxml', summary: 'print the XML of a volume' }, async (session, volume) => {
    const xml = await session.client.call('storage.volume-xml', place(session, volume));
    return report(session, `${xml.trimEnd()}\n\n`, { path: volume.path, xml });
  }),
  volumeCommand(
    {
      name: 'vol-resize',
      summary: 'change the size of a volume',
      operands: [{ name: 'capacity', kind: 'text' }],
      options: [
        { name: 'delta', help: 'by so much instead of to so much' },
        { name: 'shrink', help: 'allow it to become smaller' },
      ],
    },
    async (session, volume, invocation) => {
      const given = size(operandOf(invocation, 'capacity'));
      const capacityBytes = invocation.options['delta'] === true ? volume.capacityBytes + given : given;
      const shrink = invocation.options['shrink'] === true;
      await session.client.call('storage.volume-resize', { ...place(session, volume), capacityBytes, shrink });
      const by = invocation.options['delta'] === true ? 'by' : 'to';
      return report(
        session,
        `Size of volume '${volume.name}' successfully changed ${by} ${operandOf(invocation, 'capacity')}\n`,
        {
          path: volume.path,
          capacityBytes,
        },
      );
    },
  ),
  volumeCommand({ name: 'vol-delete', summary: 'delete a volume' }, async (session, volume) => {
    await session.client.call('storage.volume-delete', place(session, volume));
    return report(session, `Vol ${volume.name} deleted\n`, { path: volume.path });
  }),
  volumeCommand(
    { name: 'vol-upload', summary: "write a file's content into a volume", operands: [{ name: 'file', kind: 'file' }] },
    async (session, volume, invocation) => {
      const from = resolve(operandOf(invocation, 'file'));
      await runJob(session, () => session.client.call('storage.volume-upload', { ...place(session, volume), from }));
      return report(session, '', { path: volume.path, from });
    },
  ),
  volumeCommand(
    {
      name: 'vol-download',
      summary: "write a volume's content into a file",
      operands: [{ name: 'file', kind: 'file' }],
    },
    async (session, volume, invocation) => {
      const to = resolve(operandOf(invocation, 'file'));
      await runJob(session, () => session.client.call('storage.volume-download', { ...place(session, volume), to }));
      return report(session, '', { path: volume.path, to });
    },
  ),
  {
    name: 'vol-import',
    group: 'Storage',
    summary: 'take a disk image into a pool, converting it if asked',
    operands: [poolOperand, { name: 'file', kind: 'file' }],
    options: [
      { name: 'name', value: 'NAME', help: "what it is called there; the file's name unless given" },
      { name: 'convert-to', value: 'FORMAT', help: 'qcow2 or raw', words: ['qcow2', 'raw'] },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const pool = await findPool(session, operandOf(invocation, 'pool'));
      const path = resolve(operandOf(invocation, 'file'));
      await stat(path);
      const convert = valueOf(invocation, 'convert-to');
      if (convert !== undefined && convert !== 'qcow2' && convert !== 'raw')
        throw usageError(`Unknown format '${convert}'`);
      const medium = await session.client.call('create.inspect-medium', { path });
      const name = valueOf(invocation, 'name') ?? basename(path);
      await runJob(session, () =>
        session.client.call('storage.import', {
          uri: session.uri,
          pool: pool.uuid,
          path,
          name,
          format: medium.format,
          ...(convert === undefined ? {} : { convertTo: convert }),
        }),
      );
      return report(session, `Vol ${name} created from ${operandOf(invocation, 'file')}\n`, { pool: pool.uuid, name });
    },
  },
];
