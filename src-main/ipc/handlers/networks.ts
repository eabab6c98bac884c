/** Virtual networks: each call is the driver's method of the same name, or libvirt's "not supported". */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { need } from '../../engine/driver.ts';
import type { NetworkApi } from '../../engine/network-api.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function networkHandlers({ engine }: Services): HandlerSet {
  const networksOf = async (uri: string): Promise<NetworkApi> => {
    const { networks } = await engine.open(uri);
    if (networks !== undefined) return networks;
    throw new VirError({
      code: 'no-support',
      domain: 'network',
      message: say`this function is not supported by the connection driver: networks`,
    });
  };

  return {
    'networks.list': async ({ uri }) => await (await networksOf(uri)).list(),
    'networks.xml': async ({ uri, uuid, inactive }) =>
      await (await networksOf(uri)).xml(uuid, inactive === undefined ? {} : { inactive }),
    'networks.define': async ({ uri, xml, author }) =>
      await need(await networksOf(uri), 'define')(xml, author === undefined ? {} : { author }),
    'networks.create-xml': async ({ uri, xml }) => await need(await networksOf(uri), 'createXml')(xml),
    'networks.undefine': async ({ uri, uuid }) => {
      await need(await networksOf(uri), 'undefine')(uuid);
    },
    'networks.plan': async ({ uri, uuid }) => await need(await networksOf(uri), 'plan')(uuid),
    'networks.start': async ({ uri, uuid }) => {
      await need(await networksOf(uri), 'start')(uuid);
    },
    'networks.destroy': async ({ uri, uuid }) => {
      await need(await networksOf(uri), 'destroy')(uuid);
    },
    'networks.set-autostart': async ({ uri, uuid, autostart }) => {
      await need(await networksOf(uri), 'setAutostart')(uuid, autostart);
    },
    'networks.update': async ({ uri, uuid, command, section, parentIndex, xml, live, config }) => {
      const change = { command, section, xml, ...(parentIndex === undefined ? {} : { parentIndex }) };
      await need(await networksOf(uri), 'update')(uuid, change, {
        ...(live === undefined ? {} : { live }),
        ...(config === undefined ? {} : { config }),
      });
    },
    'networks.ports': async ({ uri, uuid }) => await need(await networksOf(uri), 'listPorts')(uuid),
    'networks.port-xml': async ({ uri, uuid, port }) => await need(await networksOf(uri), 'portXml')(uuid, port),
    'networks.delete-port': async ({ uri, uuid, port }) => {
      await need(await networksOf(uri), 'deletePort')(uuid, port);
    },
    'networks.leases': async ({ uri, uuid, mac }) => await need(await networksOf(uri), 'leases')(uuid, mac),
  };
}
