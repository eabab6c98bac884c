/** A program of some user that asks the helper, in whatever namespaces it is started: one request and answer a line. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { processIdentity } from '../../../src-main/host/process-identity.ts';
import { checkRequest } from '../../../src-main/network/interfaces/requests.ts';
import { HelperPerformer } from '../../../src-main/network/helper/performer.ts';
import { helperInterface, helperName, helperPath } from '../../../src-main/network/helper/names.ts';
import { authenticate } from '../../../src-main/host/dbus/authenticate.ts';
import { Bus, busName, DBusError } from '../../../src-main/host/dbus/bus.ts';
import { encodeMessage, MessageReader } from '../../../src-main/host/dbus/message.ts';
import { type DBusValue, Variant } from '../../../src-main/host/dbus/values.ts';
import { qemuDriver } from '../../../src-main/drivers/qemu/driver.ts';
import type { EngineContext } from '../../../src-main/engine/context.ts';
import type { Connection } from '../../../src-main/engine/driver.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { jsonLogger } from '../../../src-main/engine/logger.ts';
import { createLocalNetworks, type LocalNetworks } from '../../../src-main/network/local-networks.ts';
import { checkAction } from '../../../src-main/network/actions.ts';
import { toErrorData } from '../../../src-shared/errors.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';

const bus = await Bus.open();
const performer = new HelperPerformer(async () => await Promise.resolve(bus));
const polkit = {
  destination: 'org.freedesktop.PolicyKit1',
  path: '/org/freedesktop/PolicyKit1/Authority',
  interface: 'org.freedesktop.PolicyKit1.Authority',
} as const;
let context: EngineContext | undefined;
let networks: LocalNetworks | undefined;
let machines: Promise<Connection> | undefined;
let asked: readonly DBusValue[] | undefined;
let questions = 0;
let cancelled = false;
let endPrompt = (): void => undefined;

const methods: Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>> = {
  name: async () => await Promise.resolve(bus.name),
  interfaces: async (request) => (await performer.interfaces(checkRequest(request))) ?? 'none',
  perform: async (action) => {
    await performer.perform(checkAction(action));
  },
  /** A method of the networks of an engine that this user runs, whose folders are below this one. */
  networks: async (home, method, ...args) => {
    networks ??= createLocalNetworks(contextOf(home));
    const call = networks[method as keyof LocalNetworks] as unknown as (
      ...rest: readonly unknown[]
    ) => Promise<unknown>;
    return await call.apply(networks, [...args]);
  },
  /** A method of the machines of an engine that this user runs. */
  domains: async (home, method, ...args) => {
    const uri = parseConnectUri('qemu:///session');
    if (uri === undefined) throw new Error('the URI is wrong');
    machines ??= qemuDriver.open(uri, contextOf(home));
    const { domains } = await machines;
    const call = domains[method as keyof typeof domains] as (...rest: readonly unknown[]) => Promise<unknown>;
    return await call.apply(domains, [...args]);
  },
  /** As anybody could write it: what is not a text is sent as it is. */
  raw: async (member, signature = '', body = [], interactive = false) =>
    await bus.call({
      ...{ destination: helperName, path: helperPath, interface: helperInterface, member: String(member) },
      ...{ signature: String(signature), body: body as readonly DBusValue[], interactive: interactive === true },
    }),
  /** So many bytes for an action. */
  long: async (bytes) =>
    await bus.call({
      ...{ destination: helperName, path: helperPath, interface: helperInterface, member: 'Perform' },
      ...{ signature: 's', body: ['x'.repeat(Number(bytes))] },
    }),
  /** Sends calls all at once; answers each one's error name, or `done`. */
  flood: async (count, json) => {
    const calls = Array.from({ length: Number(count) }, async () => {
      try {
        await bus.call({
          ...{ destination: helperName, path: helperPath, interface: helperInterface, member: 'Perform' },
          ...{ signature: 's', body: [String(json)], interactive: true, timeoutMs: 10_000 },
        });
        return 'done';
      } catch (thrown) {
        return thrown instanceof DBusError ? thrown.errorName : String(thrown);
      }
    });
    return await Promise.all(calls);
  },
  /** Writes a message as it likes on a connection of its own; answers the name of the error, or `done`. */
  forge: async (sender, json) => {
    const socket = connect('/run/dbus/system_bus_socket');
    await authenticate(socket, AbortSignal.timeout(5_000));
    const answers = new MessageReader();
    const answered = new Promise<string>((resolve) => {
      socket.on('data', (piece: Buffer) => {
        const answer = answers.push(piece).find(({ replySerial }) => replySerial === 2);
        if (answer !== undefined) resolve(answer.errorName ?? 'done');
      });
    });
    const hello = { destination: busName, path: '/org/freedesktop/DBus', interface: busName, member: 'Hello' };
    socket.write(encodeMessage({ type: 'call', serial: 1, ...hello }));
    const call = { destination: helperName, path: helperPath, interface: helperInterface, member: 'Perform' };
    socket.write(
      encodeMessage({
        ...{ type: 'call', serial: 2, ...call, signature: 's', body: [String(json)] },
        sender: String(sender),
      }),
    );
    try {
      return await answered;
    } finally {
      socket.destroy();
    }
  },
  pid: async () => await Promise.resolve(process.pid),
  /** Becomes the agent that asks the user of a process for a password; it keeps the user waiting. */
  becomeAgent: async (pid) => {
    bus.serve(async ({ message }) => {
      if (message.member === 'CancelAuthentication') cancelled = true;
      if (message.member !== 'BeginAuthentication') return { signature: '', body: [] };
      asked = message.body();
      questions += 1;
      return await new Promise((resolve) => {
        endPrompt = () => resolve({ signature: '', body: [] });
      });
    });
    const startTime = BigInt(processIdentity(Number(pid))?.startTime ?? 0);
    const details = new Map([
      ['pid', new Variant('u', Number(pid))],
      ['start-time', new Variant('t', startTime)],
    ]);
    await bus.call({
      ...{ ...polkit, member: 'RegisterAuthenticationAgent' },
      ...{ signature: '(sa{sv})ss', body: [['unix-process', details], 'de_DE.UTF-8', '/test/agent'] },
    });
  },
  /** What the agent was told to ask: the action, the message for the user, and what it is to answer with. */
  asked: async () => {
    const [action, message, , , cookie] = asked ?? [];
    return await Promise.resolve(asked === undefined ? undefined : { action, message, cookie });
  },
  questions: async () => await Promise.resolve(questions),
  cancelled: async () => await Promise.resolve(cancelled),
  endPrompt: async () => await Promise.resolve(endPrompt()),
  /** As polkit's own program says, running as root, when the password was right. */
  passwordWasRight: async (uid, cookie) =>
    await bus.call({
      ...{ ...polkit, member: 'AuthenticationAgentResponse2', signature: 'us(sa{sv})' },
      body: [Number(uid), String(cookie), ['unix-user', new Map([['uid', new Variant('u', 0)]])]],
    }),
};

function contextOf(home: unknown): EngineContext {
  context ??= {
    directories: {
      config: at(home, 'c'),
      state: at(home, 's'),
      data: at(home, 'd'),
      runtime: at(home, 'r'),
      cache: at(home, 'x'),
    },
    logger: jsonLogger((line) => process.stderr.write(line), 'warn'),
    jobs: new JobRegistry(),
  };
  return context;
}

function at(home: unknown, name: string): string {
  const path = join(String(home), name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, args } = JSON.parse(line) as { id: number; method: string; args: readonly unknown[] };
  const answer = (value: object): void => {
    const text = JSON.stringify({ id, ...value }, (_, each: unknown) =>
      typeof each === 'bigint' ? String(each) : each,
    );
    process.stdout.write(`${text}\n`);
  };
  // Requests overlap: one may wait for a password while another looks.
  (methods[method] ?? (async () => await Promise.reject(new Error(`no method ${method}`))))(...args).then(
    (value) => answer({ value }),
    (thrown: unknown) =>
      answer({ error: toErrorData(thrown), errorName: thrown instanceof DBusError ? thrown.errorName : undefined }),
  );
}
