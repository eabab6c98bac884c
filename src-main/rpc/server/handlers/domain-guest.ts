/** Screens, keys, consoles, and what the guest's agent tells. */
import { Readable } from 'node:stream';
import { VirError } from '../../../../src-shared/errors.ts';
import { need } from '../../../engine/driver.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext, QemuHandlers, RemoteHandlers } from '../handler.ts';
import { has, method, notRunning, onlyFlags, summaryOf } from './shared.ts';
import { text } from './typed-params.ts';

/** `virKeycodeSet`: libvirt's names of them by number. */
const codesets = ['linux', 'xt', 'atset1', 'atset2', 'atset3', 'os_x', 'xt_kbd', 'usb', 'win32', 'qnum'] as const;
/** `VIR_DOMAIN_CONSOLE_FORCE`; `_SAFE` asks for what is so anyway: one holder at a time. */
const consoleForce = 1;
const consoleSafe = 2;
/** `virDomainInterfaceAddressesSource` */
const addressSources = ['lease', 'agent', 'arp'] as const;
/** `virIPAddrType` */
const addressTypes = { ipv4: 0, ipv6: 1 } as const;
/** `VIR_DOMAIN_TIME_SYNC` */
const timeSync = 1;
const nanosecondsPerSecond = 1_000_000_000n;

/** What `guestinfo` asks for, by `virDomainGuestInfoTypes`. */
const guestInfo = { users: 1, os: 2, timezone: 4, hostname: 8, filesystem: 16, disks: 32, interfaces: 64 } as const;

/** A command of the agent and its answer, trusted no further than its shape. */
async function askAgent<T>(
  context: CallContext,
  dom: DomainReference,
  execute: string,
  args?: Readonly<Record<string, unknown>>,
): Promise<T> {
  if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
  const command = JSON.stringify({ execute, ...(args === undefined ? {} : { arguments: args }) });
  const answer = JSON.parse(await need(context.domains, 'agentCommand')(dom.uuid, command)) as { readonly return: T };
  return answer.return;
}

interface GuestFilesystem {
  readonly name: string;
  readonly mountpoint: string;
  readonly type: string;
}

interface GuestOs {
  readonly [field: string]: string | undefined;
}

export const domainGuestHandlers = {
  domainScreenshot: async (context, { dom, screen, flags }) => {
    onlyFlags(flags, 0, 'virDomainScreenshot');
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    const png = await need(context.domains, 'screenshot')(dom.uuid, screen);
    const source = Readable.from([Buffer.from(png)], { objectMode: false });
    context.stream({ source, abort: () => source.destroy() });
    return { mime: 'image/png' };
  },

  domainSendKey: async (context, { dom, codeset, holdtime, keycodes, flags }) => {
    onlyFlags(flags, 0, 'virDomainSendKey');
    const name = codesets[codeset];
    if (name === undefined) {
      throw new VirError({
        code: 'invalid-arg',
        domain: 'qemu',
        message: `cannot translate keycodes of set ${codeset}`,
      });
    }
    await (await method(context, dom, 'sendKey'))(dom.uuid, name, keycodes, holdtime);
  },

  domainInjectNmi: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainInjectNMI');
    await (await method(context, dom, 'injectNmi'))(dom.uuid);
  },

  domainOpenConsole: async (context, { dom, devName, flags }) => {
    onlyFlags(flags, consoleForce | consoleSafe, 'virDomainOpenConsole');
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    const force = has(flags, consoleForce);
    const console = await need(context.domains, 'openConsole')(dom.uuid, devName, { force });
    context.stream({ source: console.output, sink: console.input, abort: () => console.close() });
  },

  domainInterfaceAddresses: async (context, { dom, source, flags }) => {
    onlyFlags(flags, 0, 'virDomainInterfaceAddresses');
    const from = addressSources[source];
    if (from === undefined) {
      throw new VirError({
        code: 'argument-unsupported',
        domain: 'qemu',
        message: `Unknown IP address data source ${source}`,
      });
    }
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    const cards = await need(context.domains, 'addresses')(dom.uuid, from);
    return {
      ifaces: cards.map(({ name, mac, addresses }) => ({
        name,
        ...(mac === '' ? {} : { hwaddr: mac }),
        addrs: addresses.map(({ family, address, prefix }) => ({ type: addressTypes[family], addr: address, prefix })),
      })),
    };
  },

  domainGetHostname: async (context, { dom, flags }) => {
    onlyFlags(flags, 3, 'virDomainGetHostname');
    context.requireWrite('virDomainGetHostname');
    const answer = await askAgent<{ readonly 'host-name': string }>(context, dom, 'guest-get-host-name');
    return { hostname: answer['host-name'] };
  },

  domainGetTime: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainGetTime');
    const time = BigInt(await askAgent<number>(context, dom, 'guest-get-time'));
    return { seconds: time / nanosecondsPerSecond, nseconds: Number(time % nanosecondsPerSecond) };
  },
  domainSetTime: async (context, { dom, seconds, nseconds, flags }) => {
    onlyFlags(flags, timeSync, 'virDomainSetTime');
    const time = Number(seconds * nanosecondsPerSecond + BigInt(nseconds));
    await askAgent(context, dom, 'guest-set-time', has(flags, timeSync) ? undefined : { time });
  },

  domainGetFsinfo: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainGetFSInfo');
    context.requireWrite('virDomainGetFSInfo');
    const found = await askAgent<readonly GuestFilesystem[]>(context, dom, 'guest-get-fsinfo');
    const info = found.map(({ name, mountpoint, type }) => ({ name, mountpoint, fstype: type, devAliases: [] }));
    return { info, ret: info.length };
  },
  domainFsfreeze: async (context, { dom, mountpoints, flags }) => {
    onlyFlags(flags, 0, 'virDomainFSFreeze');
    const filesystems =
      mountpoints.length === 0
        ? await askAgent<number>(context, dom, 'guest-fsfreeze-freeze')
        : await askAgent<number>(context, dom, 'guest-fsfreeze-freeze-list', { mountpoints });
    return { filesystems };
  },
  domainFsthaw: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainFSThaw');
    return { filesystems: await askAgent<number>(context, dom, 'guest-fsfreeze-thaw') };
  },
  domainFstrim: async (context, { dom, minimum, flags }) => {
    onlyFlags(flags, 0, 'virDomainFSTrim');
    await askAgent(context, dom, 'guest-fstrim', { minimum: Number(minimum) });
  },
  domainSetUserPassword: async (context, { dom, user, password, flags }) => {
    onlyFlags(flags, 1, 'virDomainSetUserPassword');
    await askAgent(context, dom, 'guest-set-user-password', {
      username: user,
      password: Buffer.from(password ?? '').toString('base64'),
      crypted: has(flags, 1),
    });
  },
  domainPmSuspendForDuration: async (context, { dom, target, duration, flags }) => {
    onlyFlags(flags, 0, 'virDomainPMSuspendForDuration');
    const command = ['guest-suspend-ram', 'guest-suspend-disk', 'guest-suspend-hybrid'][target];
    if (command === undefined || duration !== 0n) {
      const message = 'Duration not supported. Use 0 for now';
      throw new VirError({ code: 'argument-unsupported', domain: 'qemu', message });
    }
    await askAgent(context, dom, command);
  },
  domainPmWakeup: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainPMWakeup');
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    await need(context.domains, 'monitorCommand')(dom.uuid, '{"execute":"system_wakeup"}');
  },

  domainGetGuestInfo: async (context, { dom, types, flags }) => {
    onlyFlags(flags, 0, 'virDomainGetGuestInfo');
    context.requireWrite('virDomainGetGuestInfo');
    const wants = (what: keyof typeof guestInfo): boolean => types === 0 || has(types, guestInfo[what]);
    const params = [];
    if (wants('os')) {
      const os = await askAgent<GuestOs>(context, dom, 'guest-get-osinfo');
      for (const field of [
        'id',
        'name',
        'pretty-name',
        'version',
        'version-id',
        'machine',
        'variant',
        'variant-id',
        'kernel-release',
        'kernel-version',
      ]) {
        const value = os[field];
        if (value !== undefined) params.push(text(`os.${field}`, value));
      }
    }
    if (wants('timezone')) {
      const zone = await askAgent<{ readonly zone?: string; readonly offset: number }>(
        context,
        dom,
        'guest-get-timezone',
      );
      if (zone.zone !== undefined) params.push(text('timezone.name', zone.zone));
      params.push({ field: 'timezone.offset', value: { type: 'int' as const, value: zone.offset } });
    }
    if (wants('hostname')) {
      const answer = await askAgent<{ readonly 'host-name': string }>(context, dom, 'guest-get-host-name');
      params.push(text('hostname', answer['host-name']));
    }
    if (wants('filesystem')) {
      const found = await askAgent<readonly GuestFilesystem[]>(context, dom, 'guest-get-fsinfo');
      params.push({ field: 'fs.count', value: { type: 'uint' as const, value: found.length } });
      for (const [index, { name, mountpoint, type }] of found.entries()) {
        params.push(
          text(`fs.${index}.name`, name),
          text(`fs.${index}.mountpoint`, mountpoint),
          text(`fs.${index}.fstype`, type),
        );
      }
    }
    return { params };
  },

  // The domains of this engine have no launch security to tell of; jobs end before a client could ask.
  domainGetLaunchSecurityInfo: async (context, { dom }) => {
    await summaryOf(context, dom);
    return { params: [] };
  },
  domainGetJobInfo: async (context, { dom }) => {
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    return noJob;
  },
  domainGetJobStats: async (context, { dom }) => {
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    return { type: 0, params: [] };
  },
  domainAbortJob: async (context, { dom }) => await abortJob(context, dom),
  domainAbortJobFlags: async (context, { dom }) => await abortJob(context, dom),
} satisfies RemoteHandlers;

const noJob = {
  type: 0,
  timeElapsed: 0n,
  timeRemaining: 0n,
  dataTotal: 0n,
  dataProcessed: 0n,
  dataRemaining: 0n,
  memTotal: 0n,
  memProcessed: 0n,
  memRemaining: 0n,
  fileTotal: 0n,
  fileProcessed: 0n,
  fileRemaining: 0n,
};

async function abortJob(context: CallContext, dom: DomainReference): Promise<void> {
  if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
  const { jobs } = context.session.engine;
  const running = jobs.list().find(({ domainUuid, state }) => domainUuid === dom.uuid && state === 'running');
  if (running === undefined) {
    const message = 'no job is active on the domain';
    throw new VirError({ code: 'operation-invalid', domain: 'qemu', message });
  }
  jobs.cancel(running.id);
}

/** `VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP`; a timeout of −2 waits, −1 is the default, 0 asks once. */
const humanMonitor = 1;
const millisecondsPerSecond = 1000;

export const qemuHandlers = {
  domainMonitorCommand: async (context, { dom, cmd, flags }) => {
    onlyFlags(flags, humanMonitor, 'virDomainQemuMonitorCommand');
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    return { result: await need(context.domains, 'monitorCommand')(dom.uuid, cmd, has(flags, humanMonitor)) };
  },
  domainAgentCommand: async (context, { dom, cmd, timeout, flags }) => {
    onlyFlags(flags, 0, 'virDomainQemuAgentCommand');
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    const timeoutMs = timeout > 0 ? timeout * millisecondsPerSecond : undefined;
    return { result: await need(context.domains, 'agentCommand')(dom.uuid, cmd, timeoutMs) };
  },
} satisfies QemuHandlers;
