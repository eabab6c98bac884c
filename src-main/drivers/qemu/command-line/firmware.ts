import type { CompleteDomain } from '../passes/types.ts';
import type { BlockdevProperties } from '../devices/properties.ts';
import { diskSteps } from '../devices/block.ts';
import type { Disk } from '../../../../src-shared/model/domain/index.ts';
import type { Section } from './types.ts';

const codeNode = 'libvirt-pflash0';
const variablesNode = 'libvirt-pflash1';

const hasFlash = ({ os }: CompleteDomain): boolean =>
  os.loader?.type === 'pflash' && os.loader.value !== undefined && os.loader.value !== '';

/** The nodes of UEFI's code and variables, which the machine refers to. */
export function pflashNodes(domain: CompleteDomain): { readonly code?: string; readonly variables?: string } {
  if (!hasFlash(domain)) return {};
  return {
    code: `${codeNode}-format`,
    ...(domain.os.nvram === undefined ? {} : { variables: `${variablesNode}-format` }),
  };
}

export const pflash: Section = (options, { domain, launch }) => {
  const { os } = domain;
  if (!hasFlash(domain)) return;
  const readOnly = os.loader?.readonly === true;
  for (const node of fileNodes(codeNode, os.loader?.value ?? '', os.loader?.format ?? 'raw', readOnly)) {
    options.blockdev(node);
  }
  const { nvram } = os;
  if (nvram === undefined) return;
  if (nvram.source === undefined) {
    for (const node of fileNodes(variablesNode, nvram.value ?? '', nvram.format ?? 'raw', false))
      options.blockdev(node);
    return;
  }
  // Variables may lie anywhere a disk may: only the names of the nodes differ.
  const disk = {
    type: nvram.type ?? 'file',
    device: 'disk',
    driver: { type: nvram.format ?? 'raw' },
    source: nvram.source,
    target: { dev: 'pflash1' },
  } as Disk;
  for (const step of diskSteps(disk, launch.block, variablesNode)) options.step(step);
};

function fileNodes(name: string, path: string, format: string, readOnly: boolean): BlockdevProperties[] {
  return [
    { driver: 'file', filename: path, 'node-name': `${name}-storage`, 'auto-read-only': true, discard: 'unmap' },
    { 'node-name': `${name}-format`, 'read-only': readOnly, driver: format, file: `${name}-storage` },
  ];
}

export const loader: Section = (options, { domain }) => {
  const { loader: firmware } = domain.os;
  if (firmware?.type === 'rom' && firmware.value !== undefined && firmware.value !== '') {
    options.add('-bios', firmware.value);
  } else if (firmware?.type === 'pflash' && firmware.secure === true) {
    options.add('-global', 'driver=cfi.pflash01,property=secure,value=on');
  }
};
