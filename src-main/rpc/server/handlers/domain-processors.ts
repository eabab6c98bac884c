/** Virtual processors: how many, where they run, and what they may use. */
import { VirError } from '../../../../src-shared/errors.ts';
import { type Domain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { need } from '../../../engine/driver.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { allCpus } from './host.ts';
import { has, notRunning, onlyFlags, summaryOf } from './shared.ts';

const vcpuFlags = { live: 1, config: 2, maximum: 4, guest: 8 } as const;

/** The configuration that flags are about: the running one of a domain that runs, unless told. */
async function configuration(context: CallContext, dom: DomainReference, flags: number): Promise<Domain> {
  const { id, persistent } = await summaryOf(context, dom);
  const wantsLive = has(flags, vcpuFlags.live);
  if (wantsLive && id === undefined) throw notRunning();
  const inactive = has(flags, vcpuFlags.config);
  if (inactive && !persistent) {
    const message = 'transient domains do not have any persistent config';
    throw new VirError({ code: 'operation-invalid', domain: 'qemu', message });
  }
  return parseDomain(await context.domains.xml(dom.uuid, { inactive }));
}

/** Maps of the host's processors for so many things that may run on any of them, or on those a set names. */
function maps(sets: readonly (readonly number[] | undefined)[], cpus: number, maplen: number): Uint8Array {
  const every = allCpus(cpus);
  return Buffer.concat(
    sets.map((set) => {
      const map = new Uint8Array(maplen);
      if (set === undefined) map.set(every.subarray(0, maplen));
      for (const cpu of set ?? []) if (cpu >> 3 < maplen) map[cpu >> 3] = (map[cpu >> 3] ?? 0) | (1 << (cpu & 7));
      return map;
    }),
  );
}

const hostCpus = async ({ connection }: CallContext): Promise<number> => (await need(connection, 'nodeInfo')()).cpus;

/** `0-3,^2` as numbers. */
function cpuSet(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    const [, not, first, last] = /^(\^?)(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    for (let cpu = Number(first); cpu <= Number(last ?? first); cpu += 1) {
      if (not === '^') cpus.delete(cpu);
      else cpus.add(cpu);
    }
  }
  return [...cpus];
}

export const domainProcessorsHandlers = {
  domainGetVcpusFlags: async (context, { dom, flags }) => {
    onlyFlags(flags, 31, 'virDomainGetVcpusFlags');
    if (has(flags, vcpuFlags.guest)) {
      const info = await need(context.domains, 'agentCommand')(dom.uuid, '{"execute":"guest-get-vcpus"}');
      const { return: vcpus } = JSON.parse(info) as { readonly return: readonly { readonly online: boolean }[] };
      return { num: has(flags, vcpuFlags.maximum) ? vcpus.length : vcpus.filter(({ online }) => online).length };
    }
    const { vcpu } = await configuration(context, dom, flags);
    const maximum = vcpu?.value ?? 1;
    return { num: has(flags, vcpuFlags.maximum) ? maximum : (vcpu?.current ?? maximum) };
  },

  domainGetVcpus: async (context, { dom, maxinfo, maplen }) => {
    if ((await summaryOf(context, dom)).id === undefined) {
      const message = 'cannot retrieve vcpu information for inactive domain';
      throw new VirError({ code: 'operation-invalid', domain: 'qemu', message });
    }
    const [stats] = await need(context.domains, 'stats')([dom.uuid], ['vcpu']);
    const each = (stats?.vcpu?.each ?? []).slice(0, maxinfo);
    const pins = await pinSets(context, dom, 1);
    return {
      info: each.map(({ id, state, timeNs, cpu }) => ({ number: id, state, cpuTime: BigInt(timeNs), cpu: cpu ?? -1 })),
      cpumaps:
        maplen === 0
          ? new Uint8Array()
          : maps(
              each.map(({ id }) => pins(id)),
              await hostCpus(context),
              maplen,
            ),
    };
  },

  domainGetVcpuPinInfo: async (context, { dom, ncpumaps, maplen, flags }) => {
    onlyFlags(flags, 3, 'virDomainGetVcpuPinInfo');
    const { vcpu } = await configuration(context, dom, flags);
    const count = Math.min(ncpumaps, vcpu?.value ?? 1);
    const pins = await pinSets(context, dom, flags);
    const sets = Array.from({ length: count }, (_, id) => pins(id));
    return { cpumaps: maps(sets, await hostCpus(context), maplen), num: count };
  },

  domainGetEmulatorPinInfo: async (context, { dom, maplen, flags }) => {
    onlyFlags(flags, 3, 'virDomainGetEmulatorPinInfo');
    const { cputune } = await configuration(context, dom, flags);
    return { cpumaps: maps([cpuSet(setText(cputune?.emulatorpin?.cpuset))], await hostCpus(context), maplen), ret: 1 };
  },
} satisfies RemoteHandlers;

/** What each virtual processor is bound to; undefined: nothing. */
async function pinSets(
  context: CallContext,
  dom: DomainReference,
  flags: number,
): Promise<(vcpu: number) => readonly number[] | undefined> {
  const { cputune, vcpu } = await configuration(context, dom, flags);
  const all = cpuSet(setText(vcpu?.cpuset));
  const pinned = new Map(cputune?.vcpupin.map((pin) => [Number(pin.vcpu), cpuSet(setText(pin.cpuset))]) ?? []);
  return (id) => pinned.get(id) ?? all;
}

const setText = (value: unknown): string | undefined =>
  value === undefined ? undefined : Array.isArray(value) ? value.join(',') : String(value);
