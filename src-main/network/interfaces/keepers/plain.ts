/**
 * Nobody keeps the host's configuration: what is done is gone at the next boot, and so it is said. Definitions are kept in
 * a folder of ours, so that what was defined can be started again.
 */
import { formatHostInterface, parseHostInterface } from '../../../../src-shared/model/host-interface.ts';
import { parseAddress } from '../../../../src-shared/model/network-address.ts';
import { say } from '../../../../src-shared/words.ts';
import { type Named, portsOf } from '../definitions.ts';
import { interfaceError } from '../errors.ts';
import { deviceOf, type InterfaceAddress, type InterfaceFacts } from '../facts.ts';
import { type InterfaceStep, planBack, planOver } from '../plan-live.ts';
import type { Keeper } from './keeper.ts';

const fileOf = (name: string): string => `/var/lib/vivarium/interfaces/${name}.xml`;

export const plain: Keeper = {
  info: {
    ...{ name: 'ip', isLasting: false },
    sentence: 'No program that keeps network configurations was found: changes last until the next boot.',
  },
  configured: (files) =>
    Object.entries(files).flatMap(([path, text]) => (path.endsWith('.xml') ? [parseHostInterface(text)] : [])),
  define(definition, { files }) {
    const path = fileOf(definition.name);
    const former = files[path];
    const content = formatHostInterface(definition);
    const undo = former === undefined ? {} : { content: former };
    return [
      {
        sentence: `Write down what ${definition.name} is; it is not started at boot.`,
        action: { verb: 'file-write', path, content },
        inverse: {
          sentence: `Put the note about ${definition.name} back.`,
          action: { verb: 'file-write', path, ...undo },
        },
      },
    ];
  },
  undefine(name, { files }) {
    const path = fileOf(name);
    const former = files[path];
    if (former === undefined) throw interfaceError('no-interface', say`No interface '${name}' is defined.`);
    return [
      {
        sentence: `Forget what ${name} is to be.`,
        action: { verb: 'file-write', path },
        inverse: {
          sentence: `Write down again what ${name} is.`,
          action: { verb: 'file-write', path, content: former },
        },
      },
    ];
  },
  start: (definition, facts) => startSteps(definition, facts),
  stop: ({ name, kind, bridge }, facts) => {
    const ports = facts.devices.filter(({ master }) => master === name);
    if (kind === 'bridge' && bridge !== undefined) {
      const device = deviceOf(facts, name);
      const [port] = ports;
      // With one port it is undone as it was done: what it has goes back to the card.
      if (device !== undefined && port !== undefined && ports.length === 1) return planBack(device, port, facts);
    }
    return [
      {
        sentence: `Switch ${name} off.`,
        action: { verb: 'link-down', link: name },
        inverse: { sentence: `Switch ${name} on again.`, action: { verb: 'link-up', link: name } },
      },
    ];
  },
  bridge: (device, shape, facts) => ({ now: planOver(device, shape, facts), keep: [] }),
  unbridge: (bridge, port, facts) => ({ now: planBack(bridge, port, facts), keep: [] }),
};

function startSteps(definition: Named, facts: InterfaceFacts): readonly InterfaceStep[] {
  const { name } = definition;
  const [portName] = portsOf(definition);
  const port = portName === undefined ? undefined : deviceOf(facts, portName);
  const isMoving = definition.type === 'bridge' && port !== undefined && portsOf(definition).length === 1;
  if (isMoving && deviceOf(facts, name) === undefined) {
    const { stp = true, delay = '0' } = definition.bridge ?? {};
    return planOver(port, { bridge: name, stp, delaySeconds: Number(delay) }, facts);
  }
  return [
    ...makingSteps(definition, facts),
    ...portsOf(definition).map(
      (each): InterfaceStep => ({
        sentence: `Make ${each} a port of ${name}.`,
        action: { verb: 'master-set', link: each, master: name },
        inverse: { sentence: `Take ${each} out of ${name}.`, action: { verb: 'master-clear', link: each } },
      }),
    ),
    ...mtuSteps(definition, facts),
    {
      sentence: `Switch ${name} on.`,
      action: { verb: 'link-up', link: name },
      inverse: { sentence: `Switch ${name} off.`, action: { verb: 'link-down', link: name } },
    },
    ...definition.protocol.flatMap((protocol) => addressSteps(name, protocol)),
  ];
}

function makingSteps(definition: Named, facts: InterfaceFacts): readonly InterfaceStep[] {
  const { name, type } = definition;
  if (type === 'ethernet') {
    if (deviceOf(facts, name) === undefined)
      throw interfaceError('no-interface', say`There is no network card '${name}'.`);
    return [];
  }
  if (deviceOf(facts, name) !== undefined) return [];
  const inverse = { sentence: `Remove ${name}.`, action: { verb: 'link-delete', link: name, kind: type } } as const;
  const sentence = `Create ${name}.`;
  switch (type) {
    case 'bridge': {
      const { stp = true, delay = '0' } = definition.bridge ?? {};
      const mac = definition.mac?.address;
      const shape = { stp, forwardDelaySeconds: Math.round(Number(delay)) };
      return [
        {
          ...{ sentence, inverse },
          action: {
            verb: 'bridge-add',
            link: name,
            ...shape,
            ...(mac === undefined ? {} : { mac: mac.toLowerCase() }),
          },
        },
      ];
    }
    case 'vlan': {
      const { tag, interface: parent } = definition.vlan ?? {};
      if (tag === undefined || parent === undefined)
        throw interfaceError('xml-error', say`'${name}' has no <vlan> with an interface.`);
      return [{ sentence, inverse, action: { verb: 'vlan-add', link: name, parent: parent.name, tag } }];
    }
    case 'bond': {
      const { mode = 'balance-rr', miimon } = definition.bond ?? {};
      return [{ sentence, inverse, action: { verb: 'bond-add', link: name, mode, miimonMs: miimon?.freq ?? 100 } }];
    }
  }
}

function mtuSteps({ name, mtu }: Named, facts: InterfaceFacts): readonly InterfaceStep[] {
  const former = deviceOf(facts, name)?.mtu;
  if (mtu === undefined || mtu.size === former) return [];
  return [
    {
      sentence: `Set the MTU of ${name} to ${mtu.size}.`,
      action: { verb: 'mtu-set', link: name, mtu: mtu.size },
      ...(former === undefined
        ? {}
        : {
            inverse: {
              sentence: `Set the MTU of ${name} to ${former}.`,
              action: { verb: 'mtu-set', link: name, mtu: former },
            },
          }),
    },
  ];
}

function addressSteps(link: string, { family, dhcp, ip, route }: Named['protocol'][number]): readonly InterfaceStep[] {
  const addresses = ip.map(
    ({ address, prefix }): Omit<InterfaceAddress, 'isAutomatic'> => ({
      ...{ family, address, prefix: prefix ?? (family === 'ipv4' ? 32 : 128), scope: 'global', noPrefixRoute: false },
    }),
  );
  return [
    ...addresses.map(
      (address): InterfaceStep => ({
        sentence: `Give ${link} the address ${address.address}/${address.prefix}.`,
        action: { verb: 'address-add', link, address },
        inverse: {
          sentence: `Take the address ${address.address}/${address.prefix} from ${link}.`,
          action: { verb: 'address-delete', link, address },
        },
      }),
    ),
    ...route
      .filter(({ gateway }) => parseAddress(gateway) !== undefined)
      .map(({ gateway }): InterfaceStep => {
        const way = { family, destination: 'default', device: link, gateway, protocol: 'static', isOnLink: false };
        return {
          sentence: `Route everywhere else via ${gateway} over ${link}.`,
          action: { verb: 'route-add', route: way },
          inverse: {
            sentence: `Take the route via ${gateway} from ${link}.`,
            action: { verb: 'route-delete', route: way },
          },
        };
      }),
    ...(dhcp === undefined || family === 'ipv6'
      ? []
      : [
          {
            sentence: `Start the DHCP client on ${link}.`,
            action: { verb: 'dhcp-start', client: 'dhclient', link },
            inverse: {
              sentence: `Stop the DHCP client on ${link}.`,
              action: { verb: 'dhcp-stop', client: 'dhclient', link },
            },
          } satisfies InterfaceStep,
        ]),
  ];
}
