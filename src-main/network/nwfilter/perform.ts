/** Puts filters of interfaces in force, and out of it, with nftables. */
import type { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { ProcessError, run } from '../../host/process.ts';
import type { NetworkAction } from '../actions.ts';
import { filterError } from './errors.ts';
import {
  type BridgeFeatures,
  filterScript,
  filterTableScript,
  removeFilterScript,
  removeFilterTableScript,
} from './nft-script.ts';
import { fromPlain } from './port-rules.ts';

export type FilterAction = Extract<
  NetworkAction,
  { readonly verb: 'filter-table-add' | 'filter-table-delete' | 'filter-set' | 'filter-delete' }
>;

const timeoutMs = 10_000;

/** Of the kernel that runs; asked when it is first needed. */
let features: Promise<BridgeFeatures & { readonly connections: boolean }> | undefined;

/** @throws VirError for what this kernel can't do; nothing is changed then */
export async function performFilter(action: FilterAction, signal?: AbortSignal): Promise<void> {
  switch (action.verb) {
    case 'filter-table-add':
      return await nft(filterTableScript(action.table), signal);
    case 'filter-table-delete':
      return await nft(removeFilterTableScript(action.table));
    case 'filter-set': {
      features ??= askKernel();
      const { reject, connections } = await features;
      const ports = action.ports.map(({ link, rules }) => fromPlain(link, rules));
      const script = filterScript(action.table, ports, { reject });
      if (!connections && script.includes(' ct ')) throw noConnections();
      return await nft(script, signal);
    }
    case 'filter-delete':
      return await nft(removeFilterScript(action.table, action.link));
  }
}

async function nft(script: string, signal?: AbortSignal): Promise<void> {
  await run(['nft', '-f', '-'], { input: script, timeoutMs, ...(signal === undefined ? {} : { signal }) });
}

async function askKernel(): Promise<BridgeFeatures & { readonly connections: boolean }> {
  const knows = async (rule: string): Promise<boolean> => {
    const script = `table bridge vivarium_question {\n chain c {\n type filter hook prerouting priority 0;\n ${rule}\n }\n}\n`;
    try {
      await run(['nft', '--check', '-f', '-'], { input: script, timeoutMs });
      return true;
    } catch (thrown) {
      if (thrown instanceof ProcessError && thrown.exitCode === 1) return false;
      throw thrown;
    }
  };
  return { connections: await knows('ct state new accept'), reject: await knows('reject') };
}

const noConnections = (): VirError =>
  filterError('config-unsupported', say`A rule goes by connections, which this kernel can't follow on bridges.`, {
    cause: say`It was built without CONFIG_NF_CONNTRACK_BRIDGE.`,
    fix: say`Write statematch='false' in such rules, or use rules about Ethernet's fields (<ip>, <ipv6>, <arp>, <mac>).`,
  });
