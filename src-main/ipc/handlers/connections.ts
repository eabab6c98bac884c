/** Connections: opening them, and what they tell of their host. */
import { join } from 'node:path';
import { defaultSettings } from '../../../src-shared/contract/default-settings.ts';
import { need } from '../../engine/driver.ts';
import { libvirtSocketName, libvirtUri } from '../../rpc/door.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';
import { versionText } from './text.ts';

export function connectionHandlers({ engine, settings, findDaemons }: Services): HandlerSet {
  const without = (uri: string): string[] => settings.get().hosts.filter((known) => known !== uri);
  return {
    'connections.list': () => engine.connections(),
    'connections.remembered': ({ uri }) => engine.remembered(uri)?.domains ?? [],
    'connections.open': async ({ uri }) => {
      engine.connected(uri)?.wake?.();
      const connection = await engine.open(uri);
      const [described, domains] = await Promise.all([engine.describe(uri), connection.domains.list()]);
      return { connection: described, domains };
    },
    'connections.add': async ({ uri }) => {
      const known = engine.know(uri);
      if (!known.own) await settings.set({ hosts: [...without(known.uri), known.uri] });
      return known.uri;
    },
    'connections.remove': async ({ uri }) => {
      const { defaultUri } = settings.get();
      await settings.set({
        hosts: without(uri),
        ...(defaultUri === uri ? { defaultUri: defaultSettings.defaultUri } : {}),
      });
      await engine.forget(uri);
    },
    'connections.close': async ({ uri }) => await engine.closeConnection(uri),
    'connections.found': async () => {
      const listed = new Set(engine.connections().map((connection) => connection.uri));
      return (await findDaemons()).filter((uri) => !listed.has(uri));
    },
    'connections.libvirt-uri': ({ uri }) => libvirtUri(uri, join(engine.directories.runtime, libvirtSocketName)),
    'connections.capabilities': async ({ uri }) => await need(await engine.open(uri), 'capabilities')(),
    'connections.domain-capabilities': async ({ uri, emulator, architecture, machine, virtType }) =>
      await need(
        await engine.open(uri),
        'domainCapabilities',
      )({
        ...(emulator === undefined ? {} : { emulator }),
        ...(architecture === undefined ? {} : { architecture }),
        ...(machine === undefined ? {} : { machine }),
        ...(virtType === undefined ? {} : { virtType }),
      }),
    'connections.node': async ({ uri }) => {
      const connection = await engine.open(uri);
      const info = await connection.nodeInfo?.();
      const version = await connection.hypervisorVersion?.();
      return {
        hostname: connection.hostname,
        ...(info === undefined ? {} : { cpus: info.cpus, memoryKiB: info.memoryKiB, cpuModel: info.model }),
        ...(version === undefined ? {} : { hypervisorVersion: versionText(version) }),
      };
    },
    'connections.xml-to-native': async ({ uri, format, xml }) =>
      await need(await engine.open(uri), 'domainXmlToNative')(format, xml),
  };
}
