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
  /** For programs that ask the user something; absent where nobody can be asked. */
  readonly asking?: () => Asking;
}

/** One way to a host on which the user may be asked; what was answered serves again when the way is lost. */
export interface Asking {
  /**
   * The environment for a program that asks. With `quiet` it is told what was answered before, and the user is not
   * disturbed; undefined when there is nothing it could be told.
   */
  attempt(options: { readonly quiet: boolean }): Promise<Readonly<Record<string, string>> | undefined>;
  /**
   * The answer to a question of our own, which serves every connection to the same host as long as the engine runs.
   * With `again`, what was answered before was wrong; with `quiet`, the user is not disturbed.
   */
  ask(
    question: { readonly text: string; readonly kind: 'text' | 'secret' },
    options: { readonly again: boolean; readonly quiet: boolean },
  ): Promise<string | undefined>;
  /** Forgets what was answered. */
  end(): void;
}
