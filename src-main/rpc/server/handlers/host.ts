/** The host's processors and memory, and what it can run. */
import { parseDomainCapabilities } from '../../../../src-shared/model/domain-capabilities.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import { need } from '../../../engine/driver.ts';
import { cpuModelNames, mappedArchitectures } from '../../../host/cpu-models.ts';
import type { RemoteHandlers } from '../handler.ts';
import { notSupported, onlyFlags } from './shared.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(`${text}\0`);

export const hostHandlers = {
  nodeGetInfo: async ({ connection }) => {
    const { memoryKiB, ...info } = await need(connection, 'nodeInfo')();
    return { ...info, memory: BigInt(memoryKiB) };
  },

  nodeGetFreeMemory: async ({ connection }) => ({ freeMem: BigInt(await need(connection, 'freeMemoryBytes')()) }),

  nodeGetCellsFreeMemory: async ({ connection }, { startCell, maxcells }) => {
    const [{ nodes }, free] = await Promise.all([
      need(connection, 'nodeInfo')(),
      need(connection, 'freeMemoryBytes')(),
    ]);
    if (startCell >= nodes || startCell < 0) {
      const message = `start cell ${startCell} out of range (0-${nodes - 1})`;
      throw new VirError({ code: 'internal-error', domain: 'none', message });
    }
    // The engine knows the host's memory as one.
    return { cells: maxcells > 0 ? [BigInt(free)] : [] };
  },

  connectGetMaxVcpus: async ({ connection }, { type }) => {
    const virtType = type?.toLowerCase();
    if (virtType !== undefined && virtType !== 'qemu' && virtType !== 'kvm') {
      throw new VirError({ code: 'invalid-arg', domain: 'qemu', message: `unknown type '${type}'` });
    }
    const xml = await need(connection, 'domainCapabilities')(virtType === undefined ? {} : { virtType });
    return { maxVcpus: parseDomainCapabilities(xml).vcpu?.max ?? 1 };
  },

  connectGetCpuModelNames: async (_, { arch, needResults, flags }) => {
    onlyFlags(flags, 0, 'virConnectGetCPUModelNames');
    if (mappedArchitectures[arch] === undefined) {
      throw new VirError({ code: 'invalid-arg', domain: 'none', message: `cannot find architecture ${arch}` });
    }
    const models = await cpuModelNames(arch);
    if (models === undefined) throw notSupported('virConnectGetCPUModelNames');
    return { models: needResults ? models : [], ret: models.length };
  },

  connectGetDomainCapabilities: async ({ connection }, { emulatorbin, arch, machine, virttype }) => ({
    capabilities: await need(
      connection,
      'domainCapabilities',
    )({
      ...(emulatorbin === undefined ? {} : { emulator: emulatorbin }),
      ...(arch === undefined ? {} : { architecture: arch }),
      ...(machine === undefined ? {} : { machine }),
      ...(virttype === undefined ? {} : { virtType: virttype }),
    }),
  }),

  connectGetSysinfo: () => {
    throw new VirError({
      code: 'config-unsupported',
      domain: 'qemu',
      message: 'Host SMBIOS information is not available',
    });
  },

  // As in a session of libvirt's: no driver confines guests.
  nodeGetSecurityModel: () => ({ model: bytesOf('none'), doi: bytesOf('0') }),

  nodeGetCpuStats: async ({ connection }, { cpuNum, nparams }) => {
    const figures = await need(connection, 'nodeCpuStats')(cpuNum < 0 ? undefined : cpuNum);
    return namedFigures(
      { kernel: figures.kernelNs, user: figures.userNs, idle: figures.idleNs, iowait: figures.ioWaitNs },
      nparams,
    );
  },

  nodeGetMemoryStats: async ({ connection }, { nparams, cellNum }) => {
    const { totalKiB, freeKiB, buffersKiB, cachedKiB } = await need(connection, 'nodeMemoryStats')();
    const whole = { total: totalKiB, free: freeKiB, buffers: buffersKiB, cached: cachedKiB };
    const { nodes } = await need(connection, 'nodeInfo')();
    if (cellNum >= nodes) {
      const message = `cellNum in virNodeGetMemoryStats must be less than or equal to ${nodes - 1}`;
      throw new VirError({ code: 'invalid-arg', domain: 'none', message });
    }
    return namedFigures(cellNum < 0 ? whole : { total: totalKiB, free: freeKiB }, nparams);
  },

  nodeGetCpuMap: async ({ connection }, { needMap, needOnline }) => {
    const { cpus } = await need(connection, 'nodeInfo')();
    return {
      cpumap: needMap === 0 ? new Uint8Array() : allCpus(cpus),
      online: needOnline === 0 ? 0 : cpus,
      ret: cpus,
    };
  },

  connectDomainXmlToNative: async ({ connection }, { nativeFormat, domainXml }) => ({
    nativeConfig: await need(connection, 'domainXmlToNative')(nativeFormat, domainXml),
  }),
} satisfies RemoteHandlers;

function namedFigures(
  figures: Readonly<Record<string, number>>,
  nparams: number,
): { readonly params: readonly { readonly field: string; readonly value: bigint }[]; readonly nparams: number } {
  const params = Object.entries(figures).map(([field, value]) => ({ field, value: BigInt(Math.round(value)) }));
  return nparams === 0 ? { params: [], nparams: params.length } : { params: params.slice(0, nparams), nparams };
}

/** A map of processors with all of them set, as many bytes long as they need. */
export function allCpus(count: number): Uint8Array {
  return Uint8Array.from({ length: Math.ceil(count / 8) }, (_, byte) => (1 << Math.min(8, count - byte * 8)) - 1);
}
