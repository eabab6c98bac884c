/** Defining, starting, stopping and renaming domains. */
import { VirError } from '../../../../src-shared/errors.ts';
import { need, type ShutdownMode, type StartOptions } from '../../../engine/driver.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { domainReference } from './references.ts';
import { affects, has, method, onlyFlags } from './shared.ts';

/** `virDomainCreateFlags`. */
const createFlags = { paused: 1, autodestroy: 2, bypassCache: 4, forceBoot: 8, validate: 16, resetNvram: 32 } as const;
const everyCreateFlag = 63;
/** `virDomainUndefineFlagsValues`. */
const undefineFlags = {
  managedSave: 1,
  snapshotsMetadata: 2,
  nvram: 4,
  keepNvram: 8,
  checkpointsMetadata: 16,
  tpm: 32,
  keepTpm: 64,
} as const;
const everyUndefineFlag = 127;
/** `virDomainShutdownFlagValues`, which reboots share. */
const shutdownModes: readonly (readonly [bit: number, mode: ShutdownMode])[] = [
  [1, 'acpi'],
  [2, 'agent'],
  [4, 'initctl'],
  [8, 'signal'],
  [16, 'paravirt'],
];
/** `VIR_DOMAIN_DESTROY_GRACEFUL`, `VIR_DOMAIN_DEFINE_VALIDATE`. */
const destroyGraceful = 1;
const defineValidate = 1;

/** `virDomainLifecycle` and `virDomainLifecycleAction`. */
const guestEnds = ['poweroff', 'reboot', 'crash'] as const;
const lifecycleActions = [
  'destroy',
  'restart',
  'rename-restart',
  'preserve',
  'coredump-destroy',
  'coredump-restart',
] as const;

const startOptions = (flags: number): StartOptions => ({
  paused: has(flags, createFlags.paused),
  bypassCache: has(flags, createFlags.bypassCache),
  forceBoot: has(flags, createFlags.forceBoot),
});

/** The domain ends with the client that asked for it, not with the engine's own connection. */
function endWithClient({ domains, session }: CallContext, uuid: string, flags: number): void {
  if (!has(flags, createFlags.autodestroy)) return;
  session.onClose(async () => {
    const { id } = (await domains.list()).find((domain) => domain.uuid === uuid) ?? {};
    if (id !== undefined) await domains.destroy?.(uuid);
  });
}

async function start(context: CallContext, dom: DomainReference, flags: number): Promise<DomainReference> {
  onlyFlags(flags, everyCreateFlag, 'virDomainCreateWithFlags');
  const started = await (await method(context, dom, 'start'))(dom.uuid, startOptions(flags));
  endWithClient(context, dom.uuid, flags);
  return domainReference(started);
}

async function define(context: CallContext, xml: string, validate: boolean): Promise<{ dom: DomainReference }> {
  const { domains, session } = context;
  const { author } = session;
  return { dom: domainReference(await need(domains, 'define')(xml, { author, validate })) };
}

async function undefine(context: CallContext, dom: DomainReference, flags: number): Promise<void> {
  onlyFlags(flags, everyUndefineFlag, 'virDomainUndefineFlags');
  const asked = (name: keyof typeof undefineFlags): boolean => has(flags, undefineFlags[name]);
  await (await method(context, dom, 'undefine'))(dom.uuid, {
    managedSave: asked('managedSave'),
    snapshotsMetadata: asked('snapshotsMetadata'),
    checkpointsMetadata: asked('checkpointsMetadata'),
    ...(asked('nvram') ? { nvram: 'remove' as const } : asked('keepNvram') ? { nvram: 'keep' as const } : {}),
    ...(asked('tpm') ? { tpm: 'remove' as const } : asked('keepTpm') ? { tpm: 'keep' as const } : {}),
  });
}

async function destroy(context: CallContext, dom: DomainReference, flags: number): Promise<void> {
  onlyFlags(flags, destroyGraceful, 'virDomainDestroyFlags');
  await (await method(context, dom, 'destroy'))(dom.uuid, { graceful: has(flags, destroyGraceful) });
}

async function power(
  context: CallContext,
  dom: DomainReference,
  flags: number,
  how: 'shutdown' | 'reboot',
): Promise<void> {
  const modes = shutdownModes.flatMap(([bit, mode]) => (has(flags, bit) ? [mode] : []));
  await (await method(context, dom, how))(dom.uuid, modes.length === 0 ? undefined : modes);
}

export const domainLifecycleHandlers = {
  domainDefineXml: async (context, { xml }) => await define(context, xml, false),
  domainDefineXmlFlags: async (context, { xml, flags }) => {
    onlyFlags(flags, defineValidate, 'virDomainDefineXMLFlags');
    return await define(context, xml, has(flags, defineValidate));
  },
  domainUndefine: async (context, { dom }) => await undefine(context, dom, 0),
  domainUndefineFlags: async (context, { dom, flags }) => await undefine(context, dom, flags),

  domainCreate: async (context, { dom }) => {
    await start(context, dom, 0);
  },
  domainCreateWithFlags: async (context, { dom, flags }) => ({ dom: await start(context, dom, flags) }),
  domainCreateXml: async (context, { xmlDesc, flags }) => {
    onlyFlags(flags, everyCreateFlag, 'virDomainCreateXML');
    const created = await need(context.domains, 'createXml')(xmlDesc, startOptions(flags));
    endWithClient(context, created.uuid, flags);
    return { dom: domainReference(created) };
  },

  domainShutdown: async (context, { dom }) => await power(context, dom, 0, 'shutdown'),
  domainShutdownFlags: async (context, { dom, flags }) => await power(context, dom, flags, 'shutdown'),
  domainReboot: async (context, { dom, flags }) => await power(context, dom, flags, 'reboot'),
  domainReset: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainReset');
    await (await method(context, dom, 'reset'))(dom.uuid);
  },
  domainDestroy: async (context, { dom }) => await destroy(context, dom, 0),
  domainDestroyFlags: async (context, { dom, flags }) => await destroy(context, dom, flags),
  domainSuspend: async (context, { dom }) => {
    await (await method(context, dom, 'suspend'))(dom.uuid);
  },
  domainResume: async (context, { dom }) => {
    await (await method(context, dom, 'resume'))(dom.uuid);
  },

  domainSetAutostart: async (context, { dom, autostart }) => {
    await (await method(context, dom, 'setAutostart'))(dom.uuid, autostart);
  },
  domainRename: async (context, { dom, newName, flags }) => {
    onlyFlags(flags, 0, 'virDomainRename');
    if (newName === undefined || newName === '') {
      throw new VirError({ code: 'invalid-arg', domain: 'none', message: 'new name is empty' });
    }
    await (await method(context, dom, 'rename'))(dom.uuid, newName);
    return { retcode: 0 };
  },

  domainSetLifecycleAction: async (context, { dom, type, action, flags }) => {
    onlyFlags(flags, 3, 'virDomainSetLifecycleAction');
    const [event, what] = [guestEnds[type], lifecycleActions[action]];
    if (event === undefined || what === undefined) {
      const message = `invalid lifecycle type '${type}' or action '${action}'`;
      throw new VirError({ code: 'invalid-arg', domain: 'none', message });
    }
    await (await method(context, dom, 'setLifecycleAction'))(dom.uuid, event, what, affects(flags));
  },
} satisfies RemoteHandlers;
