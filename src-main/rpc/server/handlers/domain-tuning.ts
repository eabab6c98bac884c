/** Limits of domains: what is set, and libvirt's words for what a session can't set because it needs cgroups. */
import { type ErrorCode, VirError } from '../../../../src-shared/errors.ts';
import { type Domain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { has, notRunning, onlyFlags, summaryOf } from './shared.ts';
import { asked, boolean, int, text, uint } from './typed-params.ts';

/** `VIR_TYPED_PARAM_STRING_OKAY` beside `VIR_DOMAIN_AFFECT_…`. */
const readFlags = 7;

async function sessionCannot(
  context: CallContext,
  dom: DomainReference,
  code: ErrorCode,
  what: string,
): Promise<never> {
  await summaryOf(context, dom);
  throw new VirError({ code, domain: 'qemu', message: `${what} is not available in session mode` });
}

const noCpuTuning = async (context: CallContext, { dom }: { readonly dom: DomainReference }): Promise<never> =>
  await sessionCannot(context, dom, 'operation-unsupported', 'CPU tuning');
const noMemoryTuning = async (context: CallContext, { dom }: { readonly dom: DomainReference }): Promise<never> =>
  await sessionCannot(context, dom, 'operation-unsupported', 'Memory tuning');
const noBlockTuning = async (context: CallContext, { dom }: { readonly dom: DomainReference }): Promise<never> =>
  await sessionCannot(context, dom, 'config-unsupported', 'Block I/O tuning');

async function configuration(context: CallContext, dom: DomainReference, flags: number): Promise<Domain> {
  const { id } = await summaryOf(context, dom);
  if (has(flags, 1) && id === undefined) throw notRunning();
  return parseDomain(await context.domains.xml(dom.uuid, { inactive: has(flags, 2) }));
}

/** `virDomainNumatuneMemMode` */
const numaModes: readonly string[] = ['strict', 'preferred', 'interleave', 'restrictive'];

/** libvirt's performance events, in its order. */
const perfEvents = [
  'cmt',
  'mbmt',
  'mbml',
  'cpu_cycles',
  'instructions',
  'cache_references',
  'cache_misses',
  'branch_instructions',
  'branch_misses',
  'bus_cycles',
  'stalled_cycles_frontend',
  'stalled_cycles_backend',
  'ref_cpu_cycles',
  'cpu_clock',
  'task_clock',
  'page_faults',
  'context_switches',
  'cpu_migrations',
  'page_faults_min',
  'page_faults_maj',
  'alignment_faults',
  'emulation_faults',
] as const;

const bandwidthFields = ['average', 'peak', 'burst', 'floor'] as const;

export const domainTuningHandlers = {
  domainGetSchedulerType: noCpuTuning,
  domainGetSchedulerParameters: noCpuTuning,
  domainGetSchedulerParametersFlags: noCpuTuning,
  domainSetSchedulerParameters: noCpuTuning,
  domainSetSchedulerParametersFlags: noCpuTuning,
  domainGetMemoryParameters: noMemoryTuning,
  domainSetMemoryParameters: noMemoryTuning,
  domainGetBlkioParameters: noBlockTuning,
  domainSetBlkioParameters: noBlockTuning,

  domainGetCpuStats: async (context, { dom }) => {
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    const message = 'cgroup CPUACCT controller is not mounted';
    throw new VirError({ code: 'operation-invalid', domain: 'qemu', message });
  },

  domainGetNumaParameters: async (context, { dom, nparams, flags }) => {
    onlyFlags(flags, readFlags, 'virDomainGetNumaParameters');
    const { numatune } = await configuration(context, dom, flags);
    const { mode = 'strict', nodeset } = numatune?.memory ?? {};
    const nodes = nodeset === undefined ? '' : String(nodeset);
    return asked([int('numa_mode', Math.max(0, numaModes.indexOf(mode))), text('numa_nodeset', nodes)], nparams);
  },

  domainGetInterfaceParameters: async (context, { dom, device, nparams, flags }) => {
    onlyFlags(flags, readFlags, 'virDomainGetInterfaceParameters');
    const { devices } = await configuration(context, dom, flags);
    const card = devices?.interface.find(({ mac, target }) => mac?.address === device || target?.dev === device);
    if (card === undefined) {
      throw new VirError({ code: 'invalid-arg', domain: 'qemu', message: `Can't find device ${device}` });
    }
    const params = (['inbound', 'outbound'] as const).flatMap((direction) => {
      const limits: Readonly<Record<string, unknown>> = card.bandwidth?.[direction] ?? {};
      // Only what comes in can be promised a floor.
      const fields = direction === 'inbound' ? bandwidthFields : bandwidthFields.slice(0, 3);
      return fields.map((field) => uint(`${direction}.${field}`, Number(limits[field] ?? 0)));
    });
    return asked(params, nparams);
  },

  domainGetPerfEvents: async (context, { dom, flags }) => {
    onlyFlags(flags, readFlags, 'virDomainGetPerfEvents');
    await configuration(context, dom, flags);
    // The engine measures none.
    return { params: perfEvents.map((name) => boolean(name, false)) };
  },
} satisfies RemoteHandlers;
