/**
 * dnsmasq's configuration as far as the helper writes it. dnsmasq can run programs, write and read any file, and stay
 * root, all by lines of its configuration: so only the lines that virtual networks are made of pass, and the paths and
 * the device in them are the helper's own. Pure.
 */
import { dnsmasqPaths } from '../network/dnsmasq-paths.ts';
import { refused } from '../network/helper/errors.ts';

/** The folders that hold boot files by custom; guests may read there, and nowhere else. */
const bootFolders = ['/srv/tftp', '/var/lib/tftpboot', '/var/lib/vivarium/tftp'];

const none = /^$/;
const name = '[A-Za-z0-9_](?:[A-Za-z0-9_.-]*)';
const address = '[0-9a-fA-F:.]+';

/** Each option with what may follow its `=`; what is not named here does not pass. */
const options: Readonly<Record<string, RegExp>> = {
  'strict-order': none,
  'domain-needed': none,
  'no-resolv': none,
  'expand-hosts': none,
  'bind-dynamic': none,
  'dhcp-no-override': none,
  'dhcp-authoritative': none,
  'enable-ra': none,
  'enable-tftp': none,
  port: /^0$/,
  'except-interface': /^lo$/,
  'ra-param': /^\*,0,0$/,
  server: new RegExp(`^(?:/${name}/)?(?:#|${address})$`),
  local: new RegExp(`^/(?:${name})?/$`),
  domain: new RegExp(`^${name}$`),
  'txt-record': new RegExp(`^${name},[\\x20-\\x7e]*$`),
  'srv-host': new RegExp(`^${name}(?:,${name}(?:,\\d{1,5}){0,3})?$`),
  'dhcp-option': /^(?:3|option:mtu,\d{2,5})$/,
  'dhcp-range': new RegExp(`^${address}(?:,(?:static|ra-only|infinite|\\d+[smhdw]?|${address}))*$`),
  'dhcp-lease-max': /^\d{1,10}$/,
  'dhcp-boot': /^[\w./+:-]+(?:,,[0-9a-fA-F:.]+)?$/,
};

export interface DnsmasqTexts {
  readonly configuration: string;
  readonly hosts: string;
  readonly names: string;
}

/**
 * The texts as they are written for the server of this bridge.
 * @param user who it becomes once it has its sockets
 * @throws VirError `access-denied` for the first line that does not pass.
 */
export function checkDnsmasq(folder: string, bridge: string, texts: DnsmasqTexts, user: string): DnsmasqTexts {
  const paths = dnsmasqPaths(folder, bridge);
  const own = [`interface=${bridge}`, `dhcp-hostsfile=${paths.hosts}`, `addn-hosts=${paths.names}`];
  const lines = linesOf(texts.configuration).filter((line) => !line.startsWith('#'));
  for (const line of lines) {
    if (!own.includes(line) && !passes(line)) {
      throw refused(
        `The line '${line.slice(0, 200)}' is not one of those it writes into dnsmasq's configuration.`,
        'Run the engine as root for a network with options of its own.',
      );
    }
  }
  if (!lines.includes(`interface=${bridge}`)) throw refused(`The server would not listen on ${bridge}.`);
  return {
    configuration: textOf([...lines, `user=${user}`]),
    hosts: textOf(checked(texts.hosts, /^[\w:.,[\]*-]+$/)),
    names: textOf(checked(texts.names, /^[0-9a-fA-F:.]+(?:\t[\w.-]+)+\t?$/)),
  };
}

function passes(line: string): boolean {
  const at = line.indexOf('=');
  const [option, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  if (option === 'tftp-root') return isBootFolder(value);
  return Object.hasOwn(options, option) && options[option]?.test(value) === true;
}

function isBootFolder(path: string): boolean {
  const isPlain = /^[\w./-]+$/.test(path) && !path.split('/').includes('..');
  return isPlain && bootFolders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function checked(text: string, pattern: RegExp): readonly string[] {
  const lines = linesOf(text);
  const wrong = lines.find((line) => !pattern.test(line));
  if (wrong === undefined) return lines;
  throw refused(`The line '${wrong.slice(0, 200)}' is none of a table that dnsmasq reads.`);
}

/** Other characters that end a line somewhere, and blanks around it, would be read in another way than here. */
function linesOf(text: string): readonly string[] {
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u{10ffff}]/u.test(text)) {
    throw refused('A configuration for dnsmasq has characters outside of ASCII.');
  }
  return text.split('\n').filter((line) => line !== '');
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
