/** Network interfaces of the host: each call is the driver's method of the same name, or libvirt's "not supported". */
import type { BridgeRequest } from '../../../src-shared/model/interface-summary.ts';
import { need } from '../../engine/driver.ts';
import type { HostBridgeApi, InterfaceApi } from '../../engine/interface-api.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

type Interfaces = InterfaceApi & HostBridgeApi;

export function interfaceHandlers({ engine }: Services): HandlerSet {
  const method = async <K extends keyof Interfaces & string>(
    uri: string,
    name: K,
  ): Promise<NonNullable<Interfaces[K]>> => need<Interfaces, K>((await engine.open(uri)).interfaces, name);

  return {
    'interfaces.list': async ({ uri }) => await (await method(uri, 'list'))(),
    'interfaces.xml': async ({ uri, name, inactive }) =>
      await (await method(uri, 'xml'))(name, inactive === undefined ? {} : { inactive }),
    'interfaces.define': async ({ uri, xml }) => await (await method(uri, 'define'))(xml),
    'interfaces.undefine': async ({ uri, name }) => {
      await (await method(uri, 'undefine'))(name);
    },
    'interfaces.create': async ({ uri, name }) => {
      await (await method(uri, 'create'))(name);
    },
    'interfaces.destroy': async ({ uri, name }) => {
      await (await method(uri, 'destroy'))(name);
    },
    'interfaces.begin': async ({ uri }) => {
      await (await method(uri, 'changeBegin'))();
    },
    'interfaces.commit': async ({ uri }) => {
      await (await method(uri, 'changeCommit'))();
    },
    'interfaces.rollback': async ({ uri }) => {
      await (await method(uri, 'changeRollback'))();
    },
    'interfaces.keeper': async ({ uri }) => await (await engine.open(uri)).interfaces?.keeper?.(),
    'interfaces.pending': async ({ uri }) => await (await engine.open(uri)).interfaces?.pending?.(),
    'interfaces.plan-bridge': async ({ uri, ...request }) =>
      await (await method(uri, 'planBridge'))(requestOf(request)),
    'interfaces.bridge': async ({ uri, confirmSeconds, ...request }) =>
      await (await method(uri, 'bridge'))(requestOf(request), confirmSeconds),
    'interfaces.plan-unbridge': async ({ uri, bridge }) => await (await method(uri, 'planUnbridge'))(bridge),
    'interfaces.unbridge': async ({ uri, bridge, confirmSeconds }) =>
      await (await method(uri, 'unbridge'))(bridge, confirmSeconds),
  };
}

interface Asked {
  readonly device: string;
  readonly bridge: string;
  readonly stp?: boolean | undefined;
  readonly delaySeconds?: number | undefined;
}

const requestOf = ({ device, bridge, stp, delaySeconds }: Asked): BridgeRequest => ({
  ...{ device, bridge },
  ...(stp === undefined ? {} : { stp }),
  ...(delaySeconds === undefined ? {} : { delaySeconds }),
});
