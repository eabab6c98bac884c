/**
 * Character devices: the host's end (`type`, `<source>`, `<protocol>`, `<log>`) is the same for serial ports,
 * parallel ports, consoles, channels, USB redirection, smart cards and entropy daemons; the guest's end differs.
 */
import { attr, child, children, element, type Fields, type ModelOf, tag, union } from '../../xml/schema.ts';
import { integer, oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';
import { checkHostEnd, checkNamedHostEnd } from './chardev-check.ts';
import { deviceInfo, reconnectSchema } from './device-info.ts';
import { deviceSecurityLabelSchema } from './security-label.ts';

const log = element('log', { file: attr(string), append: attr(onOff).optional() });

const path = { path: attr(string).optional(), seclabel: children(deviceSecurityLabelSchema) };

const fileSource = element('source', {
  path: attr(string).optional(),
  append: attr(onOff).optional(),
  seclabel: children(deviceSecurityLabelSchema),
});

export const socketModes = oneOf('bind', 'connect');

const tcpSource = element('source', {
  mode: attr(socketModes).default('connect'),
  host: attr(string).optional(),
  service: attr(string).optional(),
  tls: attr(yesNo).optional(),
  reconnect: child(reconnectSchema).optional(),
});

const udpSource = element('source', {
  mode: attr(socketModes).default('connect'),
  host: attr(string).optional(),
  service: attr(string).optional(),
});

const unixSource = element('source', {
  mode: attr(socketModes).optional(),
  path: attr(string).optional(),
  seclabel: children(deviceSecurityLabelSchema),
  reconnect: child(reconnectSchema).optional(),
});

const vdagentSource = element('source', {
  clipboard: child(element('clipboard', { copypaste: attr(yesNo) })).optional(),
  mouse: child(element('mouse', { mode: attr(oneOf('server', 'client')) })).optional(),
});

/**
 * The union over the kinds of host end: `before` are attributes that stand before `type`, `tail` is the guest's end.
 */
export function chardev<B extends Fields, T extends Fields>(
  name: string,
  before: B,
  tail: T,
  { defaultType, check = checkHostEnd }: { defaultType?: 'pty'; check?: typeof checkHostEnd } = {},
) {
  const head = { ...before, type: tag() };
  const end = { log: child(log).optional(), ...tail };
  return union(
    name,
    'type',
    {
      null: { ...head, ...end },
      vc: { ...head, ...end },
      pty: { ...head, tty: attr(string).optional(), source: child(element('source', path)).optional(), ...end },
      dev: { ...head, source: child(element('source', path)), ...end },
      file: { ...head, source: child(fileSource), ...end },
      pipe: { ...head, source: child(element('source', path)), ...end },
      stdio: { ...head, ...end },
      udp: { ...head, source: children(udpSource), ...end },
      tcp: {
        ...head,
        source: child(tcpSource),
        protocol: child(
          element('protocol', { type: attr(oneOf('raw', 'telnet', 'telnets', 'tls')).default('raw') }),
        ).optional(),
        ...end,
      },
      unix: { ...head, source: child(unixSource).optional(), ...end },
      spicevmc: { ...head, ...end },
      spiceport: { ...head, source: child(element('source', { channel: attr(string) })), ...end },
      nmdm: { ...head, source: child(element('source', { master: attr(string), slave: attr(string) })), ...end },
      'qemu-vdagent': { ...head, source: child(vdagentSource).optional(), ...end },
      dbus: { ...head, source: child(element('source', { channel: attr(string) })).optional(), ...end },
    },
    defaultType,
    { check },
  );
}

const { boot, alias, acpi, address } = deviceInfo;
const info = { alias, acpi, address };

const serialTarget = element('target', {
  type: attr(
    oneOf(
      ...(['isa-serial', 'usb-serial', 'pci-serial', 'spapr-vio-serial'] as const),
      ...(['system-serial', 'sclp-serial', 'isa-debug'] as const),
    ),
  ).optional(),
  port: attr(unsigned).optional(),
  model: child(
    element('model', {
      name: attr(
        oneOf(
          ...(['isa-serial', 'usb-serial', 'pci-serial', 'spapr-vty', 'pl011'] as const),
          ...(['sclpconsole', 'sclplmconsole', '16550a', 'isa-debugcon'] as const),
        ),
      ),
    }),
  ).optional(),
});

export const serialSchema = chardev(
  'serial',
  {},
  { target: child(serialTarget).optional(), ...info },
  { defaultType: 'pty' },
);
export type Serial = ModelOf<typeof serialSchema>;

const parallelTarget = element('target', { type: attr(string).optional(), port: attr(unsigned).optional() });

export const parallelSchema = chardev(
  'parallel',
  {},
  { target: child(parallelTarget).optional(), ...info },
  { defaultType: 'pty' },
);
export type Parallel = ModelOf<typeof parallelSchema>;

const consoleTarget = element('target', {
  type: attr(oneOf('serial', 'xen', 'uml', 'virtio', 'lxc', 'openvz', 'sclp', 'sclplm')).optional(),
  port: attr(unsigned).optional(),
});

export const consoleSchema = chardev(
  'console',
  {},
  { target: child(consoleTarget).optional(), ...info },
  { defaultType: 'pty' },
);
export type Console = ModelOf<typeof consoleSchema>;

/** The guest's end of a channel. */
const channelTarget = union('target', 'type', {
  virtio: { name: attr(string).optional(), state: attr(oneOf('connected', 'disconnected')).optional() },
  xen: { name: attr(string).optional() },
  guestfwd: { address: attr(string), port: attr(integer) },
});

export const channelSchema = chardev('channel', {}, { target: child(channelTarget).optional(), ...info });
export type Channel = ModelOf<typeof channelSchema>;

export const redirdevSchema = chardev(
  'redirdev',
  { bus: attr(oneOf('usb')).default('usb') },
  { boot, ...info },
  { check: checkNamedHostEnd },
);
export type Redirdev = ModelOf<typeof redirdevSchema>;

/**
 * The host's end where a union on `type` is not possible, because another attribute already tells the element's
 * variants apart (smart cards, entropy daemons). `udp` has up to two sources, the others one.
 */
export const anyChardev = {
  type: attr(
    oneOf(
      ...(['null', 'vc', 'pty', 'dev', 'file', 'pipe', 'stdio', 'udp', 'tcp', 'unix', 'spicevmc'] as const),
      ...(['spiceport', 'nmdm', 'qemu-vdagent', 'dbus'] as const),
    ),
  ),
  source: children(
    element('source', {
      mode: attr(socketModes).optional(),
      path: attr(string).optional(),
      host: attr(string).optional(),
      service: attr(string).optional(),
      tls: attr(yesNo).optional(),
      channel: attr(string).optional(),
      seclabel: children(deviceSecurityLabelSchema),
      reconnect: child(reconnectSchema).optional(),
    }),
  ),
  protocol: child(
    element('protocol', { type: attr(oneOf('raw', 'telnet', 'telnets', 'tls')).default('raw') }),
  ).optional(),
  log: child(log).optional(),
};
