/** What an engine hands to its drivers. */
import type { JobRegistry } from './jobs.ts';
import type { Logger } from './logger.ts';

/** Where an engine keeps things; one engine owns them at a time. */
export interface EngineDirectories {
  /** `$XDG_CONFIG_HOME/vivarium`: what is defined. */
  readonly config: string;
  /** `$XDG_STATE_HOME/vivarium`: logs, history, ledger, managed saves. */
  readonly state: string;
  /** `$XDG_DATA_HOME/vivarium`: images. */
  readonly data: string;
  /** `$XDG_RUNTIME_DIR/vivarium`, mode 0700: sockets, pid files, live state. */
  readonly runtime: string;
  /** `$XDG_CACHE_HOME/vivarium`: what can be made again. */
  readonly cache: string;
}

export interface EngineContext {
  readonly directories: EngineDirectories;
  readonly logger: Logger;
  readonly jobs: JobRegistry;
  /** The environment for programs that ask the user something; absent where nobody can be asked. */
  readonly askpass?: () => Promise<Readonly<Record<string, string>>>;
}
