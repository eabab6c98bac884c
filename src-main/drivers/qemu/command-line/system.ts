import type { Sysinfo } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { invalidDefinition, unsupported } from '../passes/errors.ts';
import { escapeComma } from './json.ts';
import type { Section } from './types.ts';

type Smbios = Extract<Sysinfo, { type: 'smbios' }>;
type Entry = { readonly name: string; readonly value: string };

/** What the guest's firmware tables say of the machine. */
export const smbios: Section = (options, { domain, launch }) => {
  const mode = domain.os.smbios?.mode;
  if (mode === 'host') {
    if (launch.hostSysinfo === undefined) throw unsupported(say`The host’s SMBIOS information is not available.`);
    for (const line of launch.hostSysinfo) options.add('-smbios', line);
    return;
  }
  if (mode !== 'sysinfo') return;
  const source = domain.sysinfo.find((item): item is Smbios => item.type === 'smbios');
  if (source === undefined) throw invalidDefinition(say`Domain '${domain.name}' has no <sysinfo type='smbios'>.`);
  if (source.baseBoard.length > 1) throw unsupported(say`QEMU has one <baseBoard> in its SMBIOS tables.`);
  const add = (type: number, entries: readonly Entry[] | undefined, names: Readonly<Record<string, string>>): void => {
    if (entries === undefined) return;
    const parts = Object.entries(names).flatMap(([name, option]) => {
      const entry = entries.find((item) => item.name === name);
      return entry === undefined ? [] : [`${option}=${escapeComma(entry.value)}`];
    });
    options.add('-smbios', [`type=${type}`, ...parts].join(','));
  };
  add(0, source.bios?.entry, { vendor: 'vendor', version: 'version', date: 'date', release: 'release' });
  add(1, source.system?.entry, {
    manufacturer: 'manufacturer',
    product: 'product',
    version: 'version',
    serial: 'serial',
    uuid: 'uuid',
    sku: 'sku',
    family: 'family',
  });
  const board = { manufacturer: 'manufacturer', product: 'product', version: 'version', serial: 'serial' };
  for (const item of source.baseBoard) add(2, item.entry, { ...board, asset: 'asset', location: 'location' });
  const { product: _, ...chassis } = board;
  add(3, source.chassis?.entry, { ...chassis, asset: 'asset', sku: 'sku' });
  const strings = source.oemStrings?.entry;
  if (strings !== undefined) {
    options.add('-smbios', ['type=11', ...strings.map((item) => `value=${escapeComma(item.value)}`)].join(','));
  }
};

/** Files and texts handed to firmware. */
export const firmwareConfiguration: Section = (options, { domain }) => {
  for (const source of domain.sysinfo) {
    if (source.type !== 'fwcfg') continue;
    for (const { name, value, file } of source.entry) {
      const content = value === undefined || value === '' ? `file=${file ?? ''}` : `string=${value}`;
      options.add('-fw_cfg', `name=${name},${content}`);
    }
  }
};

export const generationId: Section = (options, { domain }) => {
  if (domain.genid?.value === undefined) return;
  options.device({ driver: 'vmgenid', guid: domain.genid.value, id: 'vmgenid0' });
};
