/** Disks of domains: how large they are, what limits them, and jobs on them. */
import { VirError } from '../../../../src-shared/errors.ts';
import { type Domain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import type { DomainReference, TypedParam } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { affects, has, method, notRunning, onlyFlags, summaryOf } from './shared.ts';
import { asked, text, ullong, valuesOf } from './typed-params.ts';

type Disk = NonNullable<Domain['devices']>['disk'][number];
type Tune = NonNullable<Disk['iotune']>;

/** `VIR_DOMAIN_BLOCK_RESIZE_BYTES`, else the size is in KiB. */
const resizeBytes = 1;
/** `VIR_TYPED_PARAM_STRING_OKAY`: newer clients say that they understand text. */
const stringOkay = 4;

/** In the order in which libvirt tells them. */
const limits = [
  'total_bytes_sec',
  'read_bytes_sec',
  'write_bytes_sec',
  'total_iops_sec',
  'read_iops_sec',
  'write_iops_sec',
  'total_bytes_sec_max',
  'read_bytes_sec_max',
  'write_bytes_sec_max',
  'total_iops_sec_max',
  'read_iops_sec_max',
  'write_iops_sec_max',
  'size_iops_sec',
  'group_name',
  'total_bytes_sec_max_length',
  'read_bytes_sec_max_length',
  'write_bytes_sec_max_length',
  'total_iops_sec_max_length',
  'read_iops_sec_max_length',
  'write_iops_sec_max_length',
] as const;

export const domainBlockHandlers = {
  domainGetBlockInfo: async (context, { dom, path, flags }) => {
    onlyFlags(flags, 0, 'virDomainGetBlockInfo');
    const info = await (await method(context, dom, 'blockInfo'))(dom.uuid, path);
    return {
      allocation: BigInt(info.allocationBytes),
      capacity: BigInt(info.capacityBytes),
      physical: BigInt(info.physicalBytes),
    };
  },

  domainBlockResize: async (context, { dom, disk, size, flags }) => {
    onlyFlags(flags, resizeBytes, 'virDomainBlockResize');
    const bytes = Number(size) * (has(flags, resizeBytes) ? 1 : 1024);
    await (await method(context, dom, 'blockResize'))(dom.uuid, disk, bytes);
  },

  domainGetDiskErrors: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainGetDiskErrors');
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    return { errors: [], nerrors: 0 };
  },

  // The engine starts no jobs on disks yet.
  domainGetBlockJobInfo: async (context, { dom, path }) => {
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    await diskOf(context, dom, path, 0);
    return { found: 0, type: 0, bandwidth: 0n, cur: 0n, end: 0n };
  },

  domainGetBlockIoTune: async (context, { dom, disk, nparams, flags }) => {
    onlyFlags(flags, 3 | stringOkay, 'virDomainGetBlockIoTune');
    if (nparams === 0) return { params: [], nparams: limits.length };
    const { iotune } = await diskOf(context, dom, disk ?? '', flags & 3);
    return asked(tuneParams(iotune), nparams);
  },

  domainSetBlockIoTune: async (context, { dom, disk, params, flags }) => {
    onlyFlags(flags, 3, 'virDomainSetBlockIoTune');
    const given = [...valuesOf(params)].map(([name, value]): [string, number | string] => {
      const known: readonly string[] = limits;
      if (known.includes(name)) return [name, typeof value === 'boolean' ? Number(value) : value];
      throw new VirError({
        code: 'argument-unsupported',
        domain: 'none',
        message: `parameter '${name}' not supported`,
      });
    });
    const set = await method(context, dom, 'setBlockLimits');
    await set(dom.uuid, disk, Object.fromEntries(given), affects(flags));
  },
} satisfies RemoteHandlers;

function tuneParams(tune: Tune | undefined): readonly TypedParam[] {
  const values: Readonly<Record<string, unknown>> = tune ?? {};
  return limits.map((name) =>
    name === 'group_name' ? text(name, String(values[name] ?? '')) : ullong(name, Number(values[name] ?? 0)),
  );
}

/** @throws VirError `invalid-arg` when it has no such disk. */
async function diskOf(context: CallContext, dom: DomainReference, path: string, flags: number): Promise<Disk> {
  const { live, config } = affects(flags);
  const { id } = await summaryOf(context, dom);
  if (live && id === undefined) throw notRunning();
  const domain = parseDomain(await context.domains.xml(dom.uuid, { inactive: config && !live }));
  const found = domain.devices?.disk.find(
    ({ target, source }) => target.dev === path || (source !== undefined && 'file' in source && source.file === path),
  );
  if (found !== undefined) return found;
  const message = `disk '${path}' was not found in the domain config`;
  throw new VirError({ code: 'invalid-arg', domain: 'qemu', message });
}
