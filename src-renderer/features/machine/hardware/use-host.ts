import { useMemo } from 'react';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { parseCapabilities } from '../../../../src-shared/model/capabilities.ts';
import { parseDomainCapabilities } from '../../../../src-shared/model/domain-capabilities.ts';
import { engine } from '../../../app/client.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useAnswer } from '../../../app/use-answer.ts';

/** What the host offers to choose from; empty where it can't be asked, and then what is set can still be kept. */
export interface Host {
  readonly uri: string;
  readonly cpus: number | undefined;
  readonly memoryKiB: number | undefined;
  readonly cpuModels: readonly { readonly name: string; readonly usable: boolean }[];
  readonly machines: readonly string[];
}

async function cpuModelsOf(uri: string, domain: Domain): Promise<Host['cpuModels']> {
  const { arch: architecture, machine } = domain.os?.type ?? {};
  const xml = await engine.call('connections.domain-capabilities', {
    uri,
    virtType: domain.type,
    ...(architecture === undefined ? {} : { architecture }),
    ...(machine === undefined ? {} : { machine }),
  });
  const custom = parseDomainCapabilities(xml).cpu?.mode.find(({ name }) => name === 'custom');
  const models = (custom?.model ?? []).map(({ value, usable }) => ({ name: value, usable: usable !== 'no' }));
  return models.sort((a, b) => Number(b.usable) - Number(a.usable) || a.name.localeCompare(b.name));
}

async function machinesOf(uri: string, domain: Domain): Promise<readonly string[]> {
  const { guest } = parseCapabilities(await engine.call('connections.capabilities', { uri }));
  const { arch, value } = domain.os?.type ?? {};
  const found = guest.find((each) => each.arch.name === arch && each.os_type === value)?.arch;
  const own = found?.domain.find(({ type }) => type === domain.type)?.machine ?? [];
  const names = (own.length > 0 ? own : (found?.machine ?? [])).map((machine) => machine.value);
  return [...new Set(names)];
}

export function useHost({ uri }: Machine, domain: Domain): Host {
  const { arch, machine } = domain.os?.type ?? {};
  const node = useAnswer(uri, () => engine.call('connections.node', { uri }));
  const models = useAnswer(`${uri} ${domain.type} ${arch} ${machine}`, () => cpuModelsOf(uri, domain));
  const machines = useAnswer(`${uri} ${domain.type} ${arch}`, () => machinesOf(uri, domain));
  return useMemo(
    () => ({
      uri,
      cpus: node.value?.cpus,
      memoryKiB: node.value?.memoryKiB,
      cpuModels: models.value ?? [],
      machines: machines.value ?? [],
    }),
    [uri, node.value, models.value, machines.value],
  );
}
