/** An engine's storage in folders of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineContext } from '../../../src-main/engine/context.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { createLocalStorage, type LocalStorage } from '../../../src-main/storage/local-storage.ts';

export interface TestStorage {
  readonly root: string;
  /** The default pool's folder. */
  readonly images: string;
  readonly context: EngineContext;
  readonly storage: LocalStorage;
  /** The same folders as another engine would find them. */
  reopen(): LocalStorage;
  remove(): void;
}

export function testStorage(base = tmpdir()): TestStorage {
  const root = mkdtempSync(join(base, 'vivarium-storage-'));
  const folder = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const directories = {
    config: folder('config'),
    state: folder('state'),
    data: folder('data'),
    runtime: folder('runtime'),
    cache: folder('cache'),
  };
  const makeContext = (): EngineContext => ({ directories, logger: silentLogger, jobs: new JobRegistry() });
  const context = makeContext();
  return {
    root,
    images: join(directories.data, 'images'),
    context,
    storage: createLocalStorage(context, { driverName: 'test' }),
    reopen: () => createLocalStorage(makeContext(), { driverName: 'test' }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
