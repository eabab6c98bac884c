import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import {
  attr,
  child,
  children,
  childText,
  childTexts,
  element,
  type Fields,
  type ModelOf,
  text,
} from '../xml/schema.ts';
import { oneOf, sizeUnit, string, unsigned, yesNo } from '../xml/values.ts';
import { cpuFeatureSchema } from './domain/cpu.ts';
import { kib } from './size.ts';

/** The words an attribute accepts on this host. */
const enumeration = element('enum', { name: attr(string), value: childTexts('value', string) });
export type CapabilityEnum = ModelOf<typeof enumeration>;

const supported = { supported: attr(yesNo) };
const enums = { enum: children(enumeration) };

/** `<disk supported='yes'><enum …/></disk>`: whether there is such a thing and which kinds of it. */
const capability = <F extends Fields>(name: string, more: F) =>
  child(element(name, { ...supported, ...more, ...enums })).optional();

const plain = (name: string) => capability(name, {});

/** `host-model` lists the processor it stands for, `custom` the models to choose from. */
const mode = element('mode', {
  name: attr(oneOf('host-passthrough', 'maximum', 'host-model', 'custom')),
  ...supported,
  ...enums,
  model: children(
    element('model', {
      fallback: attr(oneOf('allow', 'forbid')).optional(),
      vendor_id: attr(string).optional(),
      usable: attr(oneOf('yes', 'no', 'unknown')).optional(),
      deprecated: attr(yesNo).optional(),
      vendor: attr(string).optional(),
      canonical: attr(string).optional(),
      value: text(string),
    }),
  ),
  vendor: childText('vendor', string).optional(),
  maxphysaddr: child(
    element('maxphysaddr', {
      mode: attr(string),
      bits: attr(unsigned).optional(),
      limit: attr(unsigned).optional(),
    }),
  ).optional(),
  feature: children(cpuFeatureSchema),
});

const sgx = {
  flc: childText('flc', yesNo).optional(),
  sgx1: childText('sgx1', yesNo).optional(),
  sgx2: childText('sgx2', yesNo).optional(),
  section_size: child(kib('section_size')).optional(),
  sections: child(
    element('sections', {
      section: children(element('section', { node: attr(unsigned), size: attr(unsigned), unit: attr(sizeUnit) })),
    }),
  ).optional(),
};

const sev = {
  cbitpos: childText('cbitpos', unsigned).optional(),
  reducedPhysBits: childText('reducedPhysBits', unsigned).optional(),
  maxGuests: childText('maxGuests', unsigned).optional(),
  maxESGuests: childText('maxESGuests', unsigned).optional(),
  cpu0Id: childText('cpu0Id', string).optional(),
};

/** What one emulator can do for one architecture, machine and accelerator. */
export const domainCapabilitiesSchema = element('domainCapabilities', {
  path: childText('path', string).optional(),
  domain: childText('domain', string),
  machine: childText('machine', string).optional(),
  arch: childText('arch', string),
  vcpu: child(element('vcpu', { max: attr(unsigned) })).optional(),
  iothreads: plain('iothreads'),
  os: child(
    element('os', {
      ...supported,
      ...enums,
      loader: capability('loader', { value: childTexts('value', string) }),
    }),
  ).optional(),
  cpu: child(element('cpu', { mode: children(mode) })).optional(),
  memoryBacking: plain('memoryBacking'),
  devices: child(
    element(
      'devices',
      {
        disk: plain('disk'),
        graphics: plain('graphics'),
        video: plain('video'),
        hostdev: plain('hostdev'),
        rng: plain('rng'),
        filesystem: plain('filesystem'),
        tpm: plain('tpm'),
        redirdev: plain('redirdev'),
        channel: plain('channel'),
        crypto: plain('crypto'),
        interface: plain('interface'),
        panic: plain('panic'),
        console: plain('console'),
      },
      { endTag: 'always' },
    ),
  ).optional(),
  features: child(
    element('features', {
      gic: plain('gic'),
      vmcoreinfo: plain('vmcoreinfo'),
      genid: plain('genid'),
      backingStoreInput: plain('backingStoreInput'),
      backup: plain('backup'),
      asyncTeardown: plain('async-teardown'),
      s390Pv: plain('s390-pv'),
      ps2: plain('ps2'),
      tdx: plain('tdx'),
      sev: capability('sev', sev),
      sgx: capability('sgx', sgx),
      hyperv: plain('hyperv'),
      launchSecurity: plain('launchSecurity'),
    }),
  ).optional(),
});
export type DomainCapabilities = ModelOf<typeof domainCapabilitiesSchema>;

/** Reads `<domainCapabilities>`. @throws XmlError with every issue. */
export const parseDomainCapabilities = (xml: string): DomainCapabilities => parseXml(domainCapabilitiesSchema, xml);

export const formatDomainCapabilities = (capabilities: DomainCapabilities): string =>
  formatXml(domainCapabilitiesSchema, capabilities);
