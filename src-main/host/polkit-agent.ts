/**
 * An authentication agent: polkit asks its user for a password by it, where no desktop does. The password goes to
 * polkit's own program `polkit-agent-helper-1`, which checks it with PAM and tells polkit; it is kept nowhere.
 *
 * polkit(8), org.freedesktop.PolicyKit1.AuthenticationAgent; the helper's lines as polkit's own agents read them.
 */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Bus, busName, DBusError, type IncomingCall, type Reply } from './dbus/bus.ts';
import { type DBusValue, Variant } from './dbus/values.ts';
import { run, startPiped } from './process.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { say } from '../../src-shared/words.ts';

export interface AgentQuestion {
  /** What is to be allowed, in polkit's words; once before the first question of an authentication. */
  readonly message?: string;
  /** What PAM wants to know: `Password: `. */
  readonly prompt: string;
  readonly isSecret: boolean;
}

export interface AgentTerminal {
  /** Undefined when the user declines. */
  ask(question: AgentQuestion, signal: AbortSignal): Promise<string | undefined>;
  /** What PAM has to say besides. */
  tell(text: string): void;
}

const authority = {
  destination: 'org.freedesktop.PolicyKit1',
  path: '/org/freedesktop/PolicyKit1/Authority',
  interface: 'org.freedesktop.PolicyKit1.Authority',
} as const;
const agentPath = '/io/github/vivarium/AuthenticationAgent';
const helpers = [
  '/usr/lib/polkit-1/polkit-agent-helper-1',
  '/usr/libexec/polkit-agent-helper-1',
  '/usr/lib/policykit-1/polkit-agent-helper-1',
];
const attempts = 3;

export class PolkitAgent {
  readonly #bus: Bus;
  readonly #terminal: AgentTerminal;
  readonly #helper: string;
  readonly #polkit: DBusValue | undefined;
  readonly #running = new Map<string, AbortController>();
  /** One question on a terminal at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(bus: Bus, terminal: AgentTerminal, helper: string, polkit: DBusValue | undefined) {
    this.#bus = bus;
    this.#terminal = terminal;
    this.#helper = helper;
    this.#polkit = polkit;
  }

  /**
   * Asks for what a process wants, as long as it is open.
   * @returns undefined where there is no polkit, or another agent asks for this process already.
   */
  static async register(process_: ProcessIdentity, terminal: AgentTerminal): Promise<PolkitAgent | undefined> {
    const helper = helpers.find((path) => existsSync(path));
    if (helper === undefined) return undefined;
    let bus: Bus | undefined;
    try {
      bus = await Bus.open();
      const subject = [
        'unix-process',
        new Map([
          ['pid', new Variant('u', process_.pid)],
          ['start-time', new Variant('t', BigInt(process_.startTime))],
        ]),
      ];
      const body = [subject, language(), agentPath];
      // The bus starts polkit for this; only then its name has an owner.
      await bus.call({ ...authority, member: 'EnumerateActions', signature: 's', body: [''] });
      const [polkit] = await bus.callBus('GetNameOwner', 's', [authority.destination]);
      const agent = new PolkitAgent(bus, terminal, helper, polkit);
      bus.serve(async (call) => await agent.#handle(call));
      await bus.call({ ...authority, member: 'RegisterAuthenticationAgent', signature: '(sa{sv})ss', body });
      bus.unref();
      return agent;
    } catch (thrown) {
      bus?.close();
      if (thrown instanceof DBusError) return undefined;
      throw thrown;
    }
  }

  /** polkit forgets an agent whose connection ends. */
  close(): void {
    for (const running of this.#running.values()) running.abort();
    this.#bus.close();
  }

  async #handle({ message, sender }: IncomingCall): Promise<Reply> {
    // Anybody on the bus could have the user asked for a password otherwise.
    if (sender !== this.#polkit) throw new DBusError(`${busName}.Error.AccessDenied`, say`Only polkit may ask.`);
    const [first, about, , , cookie, identities] = message.body();
    switch (message.member) {
      case 'BeginAuthentication':
        return await this.#authenticate(String(about), String(cookie), identities);
      case 'CancelAuthentication':
        this.#running.get(String(first))?.abort();
        return nothing;
      default:
        throw new DBusError(`${busName}.Error.UnknownMethod`, say`An agent has no such method.`);
    }
  }

  /** Answers when it is over; polkit knows from its own program how it went. */
  async #authenticate(message: string, cookie: string, identities: DBusValue | undefined): Promise<Reply> {
    const control = new AbortController();
    this.#running.set(cookie, control);
    const turn = this.#last.then(async () => {
      const user = await nameOf(chooseUser(identities));
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const outcome = await this.#attempt(user, cookie, attempt === 1 ? message : undefined, control.signal);
        if (outcome === 'success') return nothing;
        if (outcome === 'declined') throw cancelled();
        this.#terminal.tell(attempt < attempts ? 'That was not right. Try again.' : 'That was not right.');
      }
      return nothing;
    });
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#running.delete(cookie);
    }
  }

  async #attempt(
    user: string,
    cookie: string,
    message: string | undefined,
    signal: AbortSignal,
  ): Promise<'success' | 'failure' | 'declined'> {
    if (signal.aborted) return 'declined';
    const helper = await startPiped([this.#helper, user]);
    // It ends by itself when nobody answers any more.
    helper.stdin.on('error', () => undefined);
    helper.stdin.write(`${cookie}\n`);
    let text = message === undefined ? undefined : `${message} (${user})`;
    try {
      for await (const line of createInterface({ input: helper.stdout, signal })) {
        const [, word, rest = ''] = /^(\w+) ?(.*)$/.exec(line) ?? [];
        switch (word) {
          case 'PAM_PROMPT_ECHO_OFF':
          case 'PAM_PROMPT_ECHO_ON': {
            const question = { prompt: unescape(rest), isSecret: word === 'PAM_PROMPT_ECHO_OFF' };
            const answer = await this.#terminal.ask(
              text === undefined ? question : { ...question, message: text },
              signal,
            );
            if (answer === undefined) return 'declined';
            text = undefined;
            helper.stdin.write(`${answer.replaceAll('\n', '')}\n`);
            break;
          }
          case 'PAM_ERROR_MSG':
          case 'PAM_TEXT_INFO':
            this.#terminal.tell(unescape(rest));
            break;
          case 'SUCCESS':
            return 'success';
          case 'FAILURE':
            return 'failure';
          default:
        }
      }
      return signal.aborted ? 'declined' : 'failure';
    } catch (thrown) {
      if (signal.aborted) return 'declined';
      throw thrown;
    } finally {
      helper.stdin.end();
    }
  }
}

const nothing: Reply = { signature: '', body: [] };
const cancelled = (): DBusError => new DBusError('org.freedesktop.PolicyKit1.Error.Cancelled', say`It was cancelled.`);

const language = (): string => process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? 'C';

/** The user at the terminal, where it may be one of several; then root. */
function chooseUser(identities: DBusValue | undefined): number {
  const users = (Array.isArray(identities) ? identities : []).flatMap((identity) => {
    const [kind, details] = identity as readonly DBusValue[];
    const uid = kind === 'unix-user' && details instanceof Map ? details.get('uid') : undefined;
    return uid instanceof Variant && typeof uid.value === 'number' ? [uid.value] : [];
  });
  const own = process.getuid?.();
  return users.find((uid) => uid === own) ?? users.find((uid) => uid === 0) ?? users[0] ?? 0;
}

async function nameOf(uid: number): Promise<string> {
  const { stdout } = await run(['getent', 'passwd', String(uid)]);
  return stdout.split(':')[0] ?? '';
}

/** As glib writes characters that could end a line. */
const unescape = (text: string): string =>
  text.replaceAll(/\\(?:([0-7]{1,3})|(.))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
