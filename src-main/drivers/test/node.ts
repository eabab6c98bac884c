/** What a pretended host has when a connection opens: libvirt's default, many machines, or what a file says. */
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import { type Devices, type Domain, parseDomain } from '../../../src-shared/model/domain/index.ts';
import { normaliseDomain } from '../../../src-shared/model/domain/normalise.ts';
import { libosinfoNamespace, vivariumNamespace } from '../../../src-shared/model/domain-metadata.ts';
import { parseStoragePool, type StoragePool } from '../../../src-shared/model/storage-pool.ts';
import { parseStorageVolume, type StorageVolume } from '../../../src-shared/model/storage-volume.ts';
import { type DomainState, domainStateNumbers } from '../../../src-shared/model/summary.ts';
import { uuidFromBytes } from '../../../src-shared/uuid.ts';
import { readXml } from '../../../src-shared/xml/read.ts';
import { childOf, textOf, type XmlElement } from '../../../src-shared/xml/tree.ts';
import { writeNode } from '../../../src-shared/xml/write.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import type { NodeInfo } from '../../engine/driver.ts';
import { fromXmlError } from '../../engine/domain-errors.ts';
import { dropLiveParts } from '../../engine/live-parts.ts';
import { complete, withMac } from './complete.ts';

/** A domain with the state it begins in. */
export interface InitialDomain {
  /** Completed. */
  readonly domain: Domain & { readonly uuid: string };
  readonly state: Extract<DomainState, 'running' | 'paused' | 'shutoff' | 'crashed'>;
  readonly transient: boolean;
  readonly hasManagedSave: boolean;
  readonly autostart: boolean;
}

export interface InitialNode {
  readonly info: NodeInfo;
  readonly domains: readonly InitialDomain[];
  readonly pools: readonly { readonly pool: StoragePool; readonly volumes: readonly StorageVolume[] }[];
  /** Definitions of networks, which are active when the connection opens. */
  readonly networks: readonly string[];
  /** Definitions of the host's interfaces, which are up. */
  readonly interfaces: readonly string[];
}

/** libvirt's own test host. */
const defaultInfo: NodeInfo = {
  model: 'i686',
  memoryKiB: 3 * 1024 * 1024,
  cpus: 16,
  mhz: 1400,
  nodes: 2,
  sockets: 2,
  cores: 2,
  threads: 2,
};

const defaultDomain = `<domain type='test'>
  <name>test</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <memory>8388608</memory>
  <currentMemory>2097152</currentMemory>
  <vcpu>2</vcpu>
  <os><type>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/guest/diskimage1'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </disk>
    <interface type='network'>
      <mac address='aa:bb:cc:dd:ee:ff'/>
      <source network='default'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x1' function='0x0'/>
    </interface>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x2' function='0x0'/>
    </memballoon>
  </devices>
</domain>`;

const defaultPool = `<pool type='dir'>
  <name>default-pool</name>
  <uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>
  <target><path>/default-pool</path></target>
</pool>`;

const defaultNetwork = `<network>
  <name>default</name>
  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>
  <forward/>
  <bridge name='virbr0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
  </ip>
</network>`;

/** A card that is up, as upstream's test host has one. */
const defaultInterface = `<interface type='ethernet' name='eth1'>
  <start mode='onboot'/>
  <mtu size='1492'/>
  <protocol family='ipv4'>
    <ip address='192.168.0.5' prefix='24'/>
    <route gateway='192.168.0.1'/>
  </protocol>
  <mac address='aa:bb:cc:dd:ee:ff'/>
</interface>`;

const pools = (): InitialNode['pools'] => [{ pool: parseStoragePool(defaultPool), volumes: [] }];

export function defaultNode(): InitialNode {
  const domain = initial(parseDomain(defaultDomain));
  return {
    info: defaultInfo,
    domains: [{ domain, state: 'running', transient: false, hasManagedSave: false, autostart: false }],
    pools: pools(),
    networks: [defaultNetwork],
    interfaces: [defaultInterface],
  };
}

const roles = [
  { name: 'web', memoryKiB: 2 << 20, vcpus: 2, os: 'http://debian.org/debian/12', folder: 'production/web' },
  { name: 'db', memoryKiB: 16 << 20, vcpus: 8, os: 'http://redhat.com/rhel/9.0', folder: 'production/data' },
  { name: 'mail', memoryKiB: 4 << 20, vcpus: 2, os: 'http://ubuntu.com/ubuntu/24.04', folder: 'production' },
  { name: 'build', memoryKiB: 8 << 20, vcpus: 16, os: 'http://fedoraproject.org/fedora/40', folder: 'lab' },
  { name: 'desk', memoryKiB: 8 << 20, vcpus: 4, os: 'http://microsoft.com/win/11', folder: 'desktops' },
] as const;

/** Of ten machines three run, one is paused, one has crashed; the others are off, one of them saved. */
const states = [
  'running',
  'shutoff',
  'running',
  'shutoff',
  'paused',
  'shutoff',
  'running',
  'crashed',
  'shutoff',
  'shutoff',
] as const;

/** The same machines each time: names, UUIDs, addresses, states, folders and tags follow from their number. */
export function manyNode(count: number): InitialNode {
  const templates = roles.map((role) => normaliseDomain(parseDomain(templateOf(role)), { hostArchitecture: 'x86_64' }));
  const domains = Array.from({ length: count }, (_, index): InitialDomain => {
    const template = templates[index % templates.length] as Domain;
    const name = `${template.name}-${String(index + 1).padStart(4, '0')}`;
    return {
      domain: {
        ...template,
        name,
        uuid: numberedUuid(index),
        ...(index % 7 === 0 ? { title: `${name} of rack ${index % 12}` } : {}),
        ...(template.devices === undefined ? {} : { devices: withMacs(template.devices, index) }),
      },
      state: states[index % states.length] ?? 'shutoff',
      transient: false,
      hasManagedSave: index % 10 === 5,
      autostart: index % 4 === 0,
    };
  });
  return {
    info: { ...defaultInfo, memoryKiB: 1 << 30, cpus: 128, sockets: 4, cores: 16 },
    domains,
    pools: pools(),
    networks: [defaultNetwork],
    interfaces: [defaultInterface],
  };
}

function withMacs(devices: Devices, index: number): Devices {
  const bytes = Uint8Array.of((index >> 16) & 255, (index >> 8) & 255, index & 255);
  return { ...devices, interface: devices.interface.map((card) => withMac(card, bytes)) };
}

/** A domain of the description without a UUID gets one, as libvirt gives it. */
function initial(domain: Domain): InitialDomain['domain'] {
  return { ...complete(dropLiveParts(domain)), uuid: domain.uuid ?? randomUUID() };
}

function templateOf(role: (typeof roles)[number]): string {
  return `<domain type='test'>
  <name>${role.name}</name>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="${libosinfoNamespace}"><libosinfo:os id="${role.os}"/></libosinfo:libosinfo>
    <vivarium:machine xmlns:vivarium="${vivariumNamespace}">
      <vivarium:folder>${role.folder}</vivarium:folder><vivarium:tag>${role.name}</vivarium:tag>
    </vivarium:machine>
  </metadata>
  <memory>${role.memoryKiB}</memory>
  <vcpu>${role.vcpus}</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='test' type='qcow2'/>
      <source file='/default-pool/${role.name}.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <interface type='network'><source network='default'/><model type='virtio'/></interface>
    <serial type='pty'><target port='0'/></serial>
    <graphics type='vnc' port='-1' autoport='yes'/>
    <video><model type='virtio' heads='1'/></video>
    <memballoon model='virtio'/>
  </devices>
</domain>`;
}

function numberedUuid(index: number): string {
  return uuidFromBytes(createHash('sha256').update(`vivarium test domain ${index}`).digest().subarray(0, 16));
}

/**
 * Reads a host description in the format of libvirt's test driver: `<node>` with domains, networks and pools, inline or
 * in files of their own beside it.
 * @throws VirError `no-connect` naming the file that can't be read.
 */
export async function nodeFromFile(path: string): Promise<InitialNode> {
  const root = await readTree(path, 'node');
  const domains: InitialDomain[] = [];
  const networks: string[] = [];
  const interfaces: string[] = [];
  const found: { pool: StoragePool; volumes: StorageVolume[] }[] = [];
  for (const node of root.children) {
    if (node.kind !== 'element') continue;
    if (node.name === 'domain') domains.push(initialDomain(await inlined(node, path)));
    if (node.name === 'network') networks.push(writeNode(await inlined(node, path), ''));
    if (node.name === 'interface') interfaces.push(writeNode(await inlined(node, path), ''));
    if (node.name !== 'pool') continue;
    const tree = await inlined(node, path);
    const volumes = node.children.filter((child) => child.kind === 'element' && child.name === 'volume');
    const own: XmlElement = {
      ...tree,
      children: tree.children.filter((child) => !(child.kind === 'element' && child.name === 'volume')),
    };
    found.push({
      pool: parse(parseStoragePool, own),
      volumes: await Promise.all(
        volumes.map(async (volume) => parse(parseStorageVolume, await inlined(volume as XmlElement, path))),
      ),
    });
  }
  return { info: nodeInfo(root), domains, pools: found, networks, interfaces };
}

function parse<T>(read: (xml: string) => T, tree: XmlElement): T {
  try {
    return read(writeNode(tree, ''));
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
}

/** `<domain file='…'/>` stands for that file's content. */
async function inlined(node: XmlElement, beside: string): Promise<XmlElement> {
  const file = node.attributes['file'];
  return file === undefined ? node : await readTree(resolve(dirname(beside), file), node.name);
}

async function readTree(path: string, name: string): Promise<XmlElement> {
  try {
    const root = readXml(await readFile(path, 'utf8'));
    if (root.name === name) return root;
    throw new Error(`It holds <${root.name}>, not <${name}>.`);
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown.message : String(thrown);
    throw new VirError(
      { code: 'no-connect', domain: 'test', message: say`The host description '${path}' can't be used.`, cause },
      { cause: thrown },
    );
  }
}

/** Elements of libvirt's test namespace say how a domain begins. */
function initialDomain(tree: XmlElement): InitialDomain {
  const own = (name: string): XmlElement | undefined => childOf(tree, `test:${name}`);
  const runState = own('runstate');
  const number = runState === undefined ? domainStateNumbers.running : Number(textOf(runState));
  const state = (['running', 'paused', 'shutoff', 'crashed'] as const).find(
    (word) => domainStateNumbers[word] === number,
  );
  const hasManagedSave = own('hasmanagedsave') !== undefined;
  const transient = own('transient') !== undefined;
  const domain = initial(parse(parseDomain, tree));
  const refuse = (message: Sentence): VirError => new VirError({ code: 'xml-error', domain: 'test', message });
  if (state === undefined) throw refuse(say`The domain '${domain.name}' can't begin in state ${number}.`);
  if (transient && state === 'shutoff') throw refuse(say`The transient domain '${domain.name}' can't be shut off.`);
  if (hasManagedSave && state !== 'shutoff') throw refuse(say`The saved domain '${domain.name}' must be shut off.`);
  return { domain, state, transient, hasManagedSave, autostart: false };
}

function nodeInfo(root: XmlElement): NodeInfo {
  const cpu = childOf(root, 'cpu');
  const number = (parent: XmlElement | undefined, name: string, fallback: number): number => {
    const element = parent === undefined ? undefined : childOf(parent, name);
    const value = element === undefined ? fallback : Number(textOf(element));
    return Number.isSafeInteger(value) && value > 0 ? value : fallback;
  };
  const model = cpu === undefined ? undefined : childOf(cpu, 'model');
  const nodes = number(cpu, 'nodes', defaultInfo.nodes);
  const sockets = number(cpu, 'sockets', defaultInfo.sockets);
  const cores = number(cpu, 'cores', defaultInfo.cores);
  const threads = number(cpu, 'threads', defaultInfo.threads);
  return {
    model: model === undefined ? defaultInfo.model : textOf(model),
    memoryKiB: number(root, 'memory', defaultInfo.memoryKiB),
    cpus: number(cpu, 'active', nodes * sockets * cores * threads),
    mhz: number(cpu, 'mhz', defaultInfo.mhz),
    nodes,
    sockets,
    cores,
    threads,
  };
}
