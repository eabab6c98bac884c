/** A program of some user that asks the helper, in whatever namespaces it is started: one request and answer a line. */
import { createInterface } from 'node:readline';
import { processIdentity } from '../../../src-main/host/process-identity.ts';
import { HelperPerformer } from '../../../src-main/helper/performer.ts';
import { helperInterface, helperName, helperPath } from '../../../src-main/helper/names.ts';
import { Bus, DBusError } from '../../../src-main/host/dbus/bus.ts';
import { type DBusValue, Variant } from '../../../src-main/host/dbus/values.ts';
import { checkAction } from '../../../src-main/network/actions.ts';
import { toErrorData } from '../../../src-shared/errors.ts';

const bus = await Bus.open();
const performer = new HelperPerformer(async () => await Promise.resolve(bus));
const agentPath = '/test/agent';
let asked: readonly DBusValue[] | undefined;

const methods: Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>> = {
  name: async () => await Promise.resolve(bus.name),
  perform: async (action) => {
    await performer.perform(checkAction(action));
  },
  /** As anybody could write it: what is not a text is sent as it is. */
  raw: async (member, signature = '', body = [], interactive = false) =>
    await bus.call({
      ...{ destination: helperName, path: helperPath, interface: helperInterface, member: String(member) },
      ...{ signature: String(signature), body: body as readonly DBusValue[], interactive: interactive === true },
    }),
  /** Any service of the bus. */
  call: async (call) => await bus.call(call as Parameters<Bus['call']>[0]),
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
  /** Becomes the agent that asks this process's user for a password, and never answers. */
  becomeAgent: async () => {
    bus.serve(async ({ message }) => {
      if (message.member === 'BeginAuthentication') asked = message.body();
      // As somebody who looks for the password.
      return await new Promise(() => undefined);
    });
    const startTime = BigInt(processIdentity(process.pid)?.startTime ?? 0);
    const details = new Map([
      ['pid', new Variant('u', process.pid)],
      ['start-time', new Variant('t', startTime)],
    ]);
    await bus.call({
      ...{ destination: 'org.freedesktop.PolicyKit1', path: '/org/freedesktop/PolicyKit1/Authority' },
      ...{ interface: 'org.freedesktop.PolicyKit1.Authority', member: 'RegisterAuthenticationAgent' },
      ...{ signature: '(sa{sv})ss', body: [['unix-process', details], 'en_US.UTF-8', agentPath] },
    });
  },
  /** What the agent was told to ask: the action's id and the message. */
  asked: async () => await Promise.resolve(asked?.slice(0, 2)),
};

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
