/**
 * Keeps what V8 has made of the application's own code, so that the next start doesn't compile it again: for the engine
 * that is half of the time its code takes to be there. Node does so itself since 22.8; before, what its loader of
 * CommonJS modules compiles is kept here.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { withoutFlags } from './v8-flags.ts';

/** Node's loader, as far as it is needed here; not in its types. */
interface Loader {
  readonly prototype: { _compile(this: NodeJS.Module, content: string, filename: string): unknown };
  wrap(content: string): string;
}

type Body = (
  this: unknown,
  exports: unknown,
  require: NodeJS.Require,
  itself: NodeJS.Module,
  filename: string,
  folder: string,
) => unknown;

/** What is run in the first seconds is kept with it. */
const settledMs = 3_000;

/**
 * @param code the folder of the bundled code; modules of others are compiled as ever
 * @param folder where it is kept; what is in there can be deleted at any time
 */
export function keepCompiled(code: string, folder: string): void {
  if ('enableCompileCache' in module) {
    (module.enableCompileCache as (folder: string) => unknown)(folder);
    return;
  }
  const { Module: loader } = module as unknown as { readonly Module: Loader };
  const compile = loader.prototype._compile;
  loader.prototype._compile = function (content, filename) {
    if (!filename.startsWith(code)) return compile.call(this, content, filename);
    const script = compiled(content, loader.wrap(content), filename, folder);
    const body = script.runInThisContext({ displayErrors: true }) as Body;
    return body.call(this.exports, this.exports, module.createRequire(filename), this, filename, dirname(filename));
  };
}

/** One file a piece of code and V8: its source's hash, which V8 does not look at, and what was compiled. */
function compiled(content: string, source: string, filename: string, folder: string): Script {
  const name = basename(filename).replace(/-[\w-]{8}(?=\.cjs$)/, '');
  const path = join(folder, `${name}-${process.versions.v8}`);
  const hash = createHash('sha256').update(content).digest();
  const kept = readIfThere(path);
  const isOurs = kept?.subarray(0, hash.length).equals(hash) === true;
  const cached = isOurs ? { cachedData: kept.subarray(hash.length) } : {};
  const script = withoutFlags(() => new Script(source, { filename, ...cached }));
  if (!isOurs || script.cachedDataRejected === true) {
    keepOnce(() => keep(path, Buffer.concat([hash, withoutFlags(() => script.createCachedData())])));
  }
  return script;
}

/** At the end of what runs briefly; a process that is killed has kept it before. */
function keepOnce(keep: () => void): void {
  setTimeout(() => {
    process.off('exit', keep);
    keep();
  }, settledMs).unref();
  process.once('exit', keep);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function keep(path: string, data: Buffer): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.${process.pid}`, data, { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // A full or read-only disk: the next start compiles again.
  }
}
