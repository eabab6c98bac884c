/**
 * What a domain has only while it runs (its id, aliases, ports that were chosen, tap names …). It is shown in the live
 * XML and must not become part of a definition. Follows what libvirt leaves out when it parses with
 * `VIR_DOMAIN_DEF_PARSE_INACTIVE`.
 */
import type { BackingStore, Disk, Domain, Graphics, Interface } from '../../src-shared/model/domain/index.ts';

/** Names libvirt and the kernel give to taps; never wanted twice. */
const generatedInterface = /^(?:vnet|macvtap|macvlan)/;
const userAlias = /^ua-[A-Za-z0-9_-]+$/;

/** Takes the live parts out of a model **in place** and returns it. Copy first what must stay as it is. */
export function dropLiveParts(domain: Domain): Domain {
  delete domain.id;
  for (const label of domain.seclabel) {
    delete label.imagelabel;
    if (label.type !== 'static') delete label.label;
  }
  const { devices } = domain;
  if (devices === undefined) return domain;
  for (const found of Object.values(devices)) {
    if (Array.isArray(found)) for (const device of found) dropAlias(device);
    else if (typeof found === 'object') dropAlias(found);
  }
  for (const disk of devices.disk) dropDiskParts(disk);
  for (const card of devices.interface) dropInterfaceParts(card);
  for (const graphics of devices.graphics) dropGraphicsParts(graphics);
  for (const list of [devices.serial, devices.parallel, devices.console, devices.channel]) {
    for (const device of list) {
      if (device.type !== 'pty') continue;
      delete device.source;
      // An older place of the path.
      delete device.tty;
    }
  }
  for (const { target } of devices.channel) if (target?.type === 'virtio') delete target.state;
  for (const module of devices.memory) if (module.model === 'virtio-mem') delete module.target.current;
  return domain;
}

/** The same from a model that stays as it is. */
export function inactiveCopy(domain: Domain): Domain {
  return dropLiveParts(structuredClone(domain));
}

/** Without what `virDomainGetXMLDesc` shows only when asked for secrets. The model itself when it has none. */
export function withoutSecrets(domain: Domain): Domain {
  const { devices } = domain;
  if (devices === undefined) return domain;
  const secretDisk = (disk: Disk): boolean => disk.type === 'network' && disk.source?.cookies !== undefined;
  const secretGraphics = (graphics: Graphics): boolean => 'passwd' in graphics && graphics.passwd !== undefined;
  if (!devices.disk.some(secretDisk) && !devices.graphics.some(secretGraphics)) return domain;
  const copy = structuredClone(devices);
  for (const disk of copy.disk) if (disk.type === 'network') delete disk.source?.cookies;
  for (const graphics of copy.graphics) if ('passwd' in graphics) delete graphics.passwd;
  return { ...domain, devices: copy };
}

function dropAlias(device: object): void {
  if (!('alias' in device)) return;
  const { alias } = device as { alias?: { name: string } };
  if (alias !== undefined && !userAlias.test(alias.name)) delete device.alias;
}

function dropDiskParts(disk: Disk): void {
  delete disk.mirror;
  if (disk.source !== undefined) delete disk.source.index;
  for (let store: BackingStore | undefined = disk.backingStore; store !== undefined; store = store.backingStore) {
    delete store.index;
    if (store.source !== undefined) delete store.source.index;
  }
}

/** The same for one card. */
export function dropInterfaceParts(card: Interface): void {
  const { target } = card;
  if (target?.dev !== undefined && target.managed !== false && generatedInterface.test(target.dev)) {
    delete target.dev;
    if (Object.keys(target).length === 0) delete card.target;
  }
  if (card.type === 'network') {
    delete card.source.portid;
    delete card.source.bridge;
  } else if ((card.type === 'bridge' || card.type === 'direct') && card.source.network !== undefined) {
    // What a running machine shows of the network it is on, instead of the network.
    const { network, portgroup } = card.source;
    const source = { network, ...(portgroup === undefined ? {} : { portgroup }), ip: [], route: [] };
    Object.assign(card, { type: 'network', source });
  }
}

function dropGraphicsParts(graphics: Graphics): void {
  if (graphics.type === 'vnc' || graphics.type === 'rdp') {
    // Without a port, or with the old way of asking for any, one is chosen at each start.
    if (graphics.autoport === true || graphics.port === -1) graphics.port = -1;
  } else if (graphics.type === 'spice' && graphics.autoport === true) {
    delete graphics.port;
    delete graphics.tlsPort;
  }
  if (!('listens' in graphics)) return;
  for (const listen of graphics.listens) if (listen.type === 'network') delete listen.address;
}
