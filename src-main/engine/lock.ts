/**
 * One engine owns a state folder at a time.
 *
 * Each contender puts a claim of its own into `lock/`, named by boot, pid and start time, and only then looks at the
 * others: of two that come at the same moment at least the later one sees the earlier. A claim whose process is gone
 * never comes back to life under its name, so anybody may remove it. Who saw no living claim but its own marks it as
 * the owner's; contenders that only see each other step back and try again.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import { readIfThere, removeIfThere, writeWhole } from '../host/files.ts';
import { isAlive, processIdentity } from '../host/process-identity.ts';

/** Who holds a state folder, as its claim says. */
export interface LockHolder {
  readonly pid: number;
  readonly startTime: number;
  readonly bootId: string;
  readonly hostname: string;
  /** Where that engine listens. */
  readonly socket?: string;
}

export interface StateLock {
  readonly holder: LockHolder;
  release(): void;
}

const claimPattern = /^[0-9a-f]{8}-\d+-\d+\.claim$/;
/** How long contenders may keep stepping back for each other. */
const contentionMs = 5000;

/**
 * @throws VirError `resource-busy` naming the holder's pid and socket.
 */
export async function lockState(stateFolder: string, options: { readonly socket?: string } = {}): Promise<StateLock> {
  const folder = join(stateFolder, 'lock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { socket } = options;
  const holder: LockHolder = { ...ourselves(), ...(socket === undefined ? {} : { socket }) };
  const name = `${holder.bootId.slice(0, 8)}-${holder.pid}-${holder.startTime}`;
  const claim = join(folder, `${name}.claim`);
  const mark = join(folder, `${name}.owner`);

  for (const deadline = Date.now() + contentionMs; ; ) {
    await placeClaim(claim, holder, stateFolder);
    const others = livingClaims(folder, claim, holder);
    if (others.length === 0) break;
    removeIfThere(claim);
    const owner = others.find((other) => other.isOwner);
    if (owner !== undefined) throw held(stateFolder, owner);
    if (Date.now() > deadline) throw held(stateFolder, others[0] as Claim);
    await delay(2 + Math.random() * 30);
  }
  linkSync(claim, mark);
  return {
    holder,
    release() {
      removeIfThere(mark);
      removeIfThere(claim);
    },
  };
}

/** Whose engine owns a state folder now. */
export function lockHolder(stateFolder: string): LockHolder | undefined {
  const folder = join(stateFolder, 'lock');
  if (!existsSync(folder)) return undefined;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.owner'))) {
    const holder = JSON.parse(readIfThere(join(folder, name)) ?? '{}') as Partial<LockHolder>;
    const { pid, startTime } = holder;
    if (pid === undefined || startTime === undefined) continue;
    // After another boot, pid and start time say nothing.
    if (holder.bootId === ourselves().bootId && isAlive({ pid, startTime })) return holder as LockHolder;
  }
  return undefined;
}

interface Claim {
  readonly holder: LockHolder;
  readonly path: string;
  readonly isOwner: boolean;
}

async function placeClaim(claim: string, holder: LockHolder, stateFolder: string): Promise<void> {
  try {
    await writeWhole(claim, JSON.stringify(holder), { exclusive: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    // We ourselves: two engines in one process.
    throw held(stateFolder, { holder: parseHolder(readIfThere(claim) ?? '', claim), path: claim, isOwner: true });
  }
}

/** Claims of others that may still hold; those of the dead are removed on the way. */
function livingClaims(folder: string, own: string, us: LockHolder): readonly Claim[] {
  const claims: Claim[] = [];
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    if (!claimPattern.test(file) || path === own) continue;
    const text = readIfThere(path);
    if (text === undefined) continue;
    const holder = parseHolder(text, path);
    const mark = path.replace(/claim$/, 'owner');
    if (mayLive(holder, us)) {
      // With a process that can't be looked at there is nothing to be settled by trying again.
      claims.push({ holder, path, isOwner: holder.hostname !== us.hostname || readIfThere(mark) !== undefined });
    } else {
      removeIfThere(mark);
      removeIfThere(path);
    }
  }
  return claims;
}

/** A process of another host (a home folder on the network) can't be looked at: it counts as living. */
function mayLive(holder: LockHolder, us: LockHolder): boolean {
  if (holder.hostname !== us.hostname) return true;
  return holder.bootId === us.bootId && isAlive(holder);
}

function parseHolder(text: string, path: string): LockHolder {
  try {
    const parsed = JSON.parse(text) as LockHolder;
    if (typeof parsed.pid === 'number' && typeof parsed.hostname === 'string') return parsed;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  throw new VirError({
    code: 'operation-failed',
    domain: 'none',
    message: say`The lock file '${path}' can't be read.`,
    cause: say`It was not written by an engine.`,
    fix: say`If no engine runs, remove it.`,
  });
}

function ourselves(): Omit<LockHolder, 'socket'> {
  const identity = processIdentity(process.pid);
  if (identity === undefined) throw new Error('/proc does not know this process');
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return { ...identity, bootId, hostname: hostname() };
}

function held(stateFolder: string, { holder, path }: Claim): VirError {
  const where = holder.hostname === hostname() ? '' : ` on ${holder.hostname}`;
  const socket = holder.socket === undefined ? '' : `, which listens on ${holder.socket}`;
  return new VirError({
    code: 'resource-busy',
    domain: 'none',
    message: say`Another engine uses '${stateFolder}'.`,
    cause: say`It is process ${holder.pid}${where}${socket}.`,
    fix:
      where === ''
        ? say`Attach to it, or end it first; machines go on running.`
        : say`If it no longer runs there, remove ${path}.`,
  });
}
