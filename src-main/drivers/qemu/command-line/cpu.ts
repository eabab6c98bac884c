import type { Cpu } from '../../../../src-shared/model/domain/index.ts';
import type { BuildContext, Section } from './types.ts';

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** The CPU, its features, and what of paravirtualisation is announced through it. */
export const cpu: Section = (options, context) => {
  const { domain } = context;
  let model = modelWords(context);
  const flags = [
    ...timerFlags(context),
    ...hypervisorFlags(context),
    ...cacheFlags(context),
    ...addressFlags(domain.cpu),
  ];
  if (model === undefined && domain.os.type.arch === 'i686' && domain.devices.emulator?.includes('x86_64') === true) {
    model = ['qemu32'];
  }
  if (model === undefined && flags.length === 0) return;
  options.add('-cpu', [...(model ?? [domain.os.type.arch === 'i686' ? 'qemu32' : 'qemu64']), ...flags].join(','));
};

function modelWords({ domain, capabilities }: BuildContext): string[] | undefined {
  const { cpu: definition } = domain;
  if (definition === undefined) return undefined;
  const words: string[] = [];
  switch (definition.mode) {
    case 'host-passthrough':
    case 'maximum':
      words.push(definition.mode === 'maximum' ? 'max' : 'host');
      if (definition.migratable !== undefined && capabilities.hasProperty('max-x86_64-cpu', 'migratable')) {
        words.push(`migratable=${onOff(definition.migratable)}`);
      }
      break;
    case 'host-model':
      throw new Error('host-model is resolved before the command line is built');
    default:
      if (definition.model?.value === undefined) return undefined;
      words.push(definition.model.value);
  }
  if (definition.model?.vendor_id !== undefined) words.push(`vendor=${definition.model.vendor_id}`);
  for (const feature of definition.feature) {
    const name = qemuNames[feature.name] ?? feature.name;
    if (feature.policy === 'require' || feature.policy === 'force') words.push(`${name}=on`);
    else if (feature.policy === 'disable' || feature.policy === 'forbid') words.push(`${name}=off`);
  }
  return words;
}

/** Features QEMU spells in its own way. */
const qemuNames: Partial<Record<string, string>> = {
  cmp_legacy: 'cmp-legacy',
  ds_cpl: 'ds-cpl',
  fxsr_opt: 'fxsr-opt',
  kvm_pv_eoi: 'kvm-pv-eoi',
  kvm_pv_unhalt: 'kvm-pv-unhalt',
  lahf_lm: 'lahf-lm',
  nodeid_msr: 'nodeid-msr',
  pclmuldq: 'pclmulqdq',
  perfctr_core: 'perfctr-core',
  perfctr_nb: 'perfctr-nb',
  tsc_adjust: 'tsc-adjust',
};

function timerFlags({ domain }: BuildContext): string[] {
  const flags: string[] = [];
  for (const timer of domain.clock?.timer ?? []) {
    if (timer.name === 'kvmclock' && timer.present !== undefined) flags.push(`kvmclock=${onOff(timer.present)}`);
    else if (timer.name === 'hypervclock' && timer.present === true) flags.push('hv-time=on');
    else if (timer.name === 'tsc' && (timer.frequency ?? 0) > 0) flags.push(`tsc-frequency=${timer.frequency}`);
  }
  return flags;
}

const enlightenments = [
  ...(['relaxed', 'vapic', 'spinlocks', 'vpindex', 'runtime', 'synic', 'stimer', 'reset', 'vendor_id'] as const),
  ...(['frequencies', 'reenlightenment', 'tlbflush', 'ipi', 'evmcs', 'avic'] as const),
  ...(['emsr_bitmap', 'xmm_input'] as const),
] as const;

function hypervisorFlags({ domain }: BuildContext): string[] {
  const { features } = domain;
  const flags: string[] = [];
  if (features?.apic?.eoi !== undefined) flags.push(`kvm-pv-eoi=${onOff(features.apic.eoi)}`);
  if (features?.pvspinlock !== undefined) flags.push(`kvm-pv-unhalt=${onOff(features.pvspinlock.state)}`);
  flags.push(...hypervFlags(features?.hyperv));
  if (domain.devices.panic.some((panic) => panic.model === 'hyperv')) flags.push('hv-crash');
  const kvm = features?.kvm;
  if (kvm?.hidden?.state === true) flags.push('kvm=off');
  if (kvm?.hintDedicated?.state === true) flags.push('kvm-hint-dedicated=on');
  if (kvm?.pollControl?.state === true) flags.push('kvm-poll-control=on');
  if (kvm?.pvIpi?.state === false) flags.push('kvm-pv-ipi=off');
  if (features?.pmu !== undefined) flags.push(`pmu=${onOff(features.pmu.state)}`);
  return flags;
}

type Hyperv = NonNullable<NonNullable<BuildContext['domain']['features']>['hyperv']>;

function hypervFlags(hyperv: Hyperv | undefined): string[] {
  if (hyperv === undefined) return [];
  const flags = hyperv.mode === 'passthrough' ? ['hv-passthrough=on'] : [];
  for (const name of enlightenments) {
    if (hyperv[name]?.state !== true) continue;
    if (name === 'spinlocks') flags.push(`hv-spinlocks=0x${(hyperv.spinlocks?.retries ?? 0).toString(16)}`);
    else if (name === 'vendor_id') flags.push(`hv-vendor-id=${hyperv.vendor_id?.value ?? ''}`);
    else flags.push(`hv-${name.replace('_', '-')}=on`);
    if (name === 'tlbflush') {
      if (hyperv.tlbflush?.direct?.state === true) flags.push('hv-tlbflush-direct=on');
      if (hyperv.tlbflush?.extended?.state === true) flags.push('hv-tlbflush-ext=on');
    }
    if (name === 'stimer' && hyperv.stimer?.direct?.state === true) flags.push('hv-stimer-direct=on');
  }
  return flags;
}

function cacheFlags({ domain, capabilities }: BuildContext): string[] {
  const cache = domain.cpu?.cache;
  if (cache === undefined) return [];
  const flags: string[] = [];
  if (cache.mode === 'emulate') flags.push('l3-cache=on');
  else if (cache.mode === 'passthrough') flags.push('host-cache-info=on');
  const knows = capabilities.hasCommand('query-cpu-model-expansion');
  const isHost = domain.cpu?.mode === 'host-passthrough' || domain.cpu?.mode === 'maximum';
  if (cache.mode !== 'passthrough' && isHost && knows) flags.push('host-cache-info=off');
  if (cache.mode !== 'emulate' && knows) flags.push('l3-cache=off');
  return flags;
}

function addressFlags(definition: Cpu | undefined): string[] {
  const address = definition?.maxphysaddr;
  if (address === undefined) return [];
  return address.mode === 'passthrough' ? ['host-phys-bits=on'] : [`phys-bits=${address.bits ?? 0}`];
}
