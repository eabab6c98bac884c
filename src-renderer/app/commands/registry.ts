/** Every action of the window, once: menus, the palette, shortcuts and the sheet of shortcuts are made of it. */
import type { IconType } from '../../components/icon.tsx';
import { normaliseShortcut } from './shortcut.ts';

export const commandGroups = ['machine', 'create', 'go', 'view', 'application'] as const;
export type CommandGroup = (typeof commandGroups)[number];

export interface Command {
  /** `machine.start`; what a rebinding is stored under. */
  readonly id: string;
  readonly group: CommandGroup;
  readonly title: () => string;
  /** Found by these words too. */
  readonly also?: () => string;
  readonly icon?: IconType;
  /** As it comes; a user may have another. */
  readonly shortcut?: string;
  readonly danger?: boolean;
  /** Whether it can be run now; absent: always. */
  readonly isEnabled?: () => boolean;
  /** What it is about now, when that is not clear from the title: `web-1`, `3 machines`. */
  readonly subject?: () => string | undefined;
  /** Not offered in the palette: it only makes sense where its keys are pressed. */
  readonly hidden?: boolean;
  run(argument?: string): void | Promise<void>;
}

export type Rebindings = Readonly<Record<string, string>>;

export class CommandRegistry {
  readonly #commands = new Map<string, Command>();
  readonly #fail: (error: unknown) => void;

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  /** Adds commands; returns what takes them away again. A second command of the same id is a mistake. */
  add(...commands: readonly Command[]): () => void {
    for (const command of commands) {
      if (this.#commands.has(command.id)) throw new Error(`There are two commands '${command.id}'.`);
      this.#commands.set(command.id, command);
    }
    return () => {
      for (const command of commands) this.#commands.delete(command.id);
    };
  }

  list(): readonly Command[] {
    return [...this.#commands.values()];
  }

  get(id: string): Command | undefined {
    return this.#commands.get(id);
  }

  /** The keys of a command as the user has them; undefined for none. */
  shortcut(id: string, rebindings: Rebindings): string | undefined {
    const own = rebindings[id];
    if (own !== undefined) return own === '' ? undefined : normaliseShortcut(own);
    return this.#commands.get(id)?.shortcut;
  }

  /** The command a key press means. Of two with the same keys the enabled one wins, then the one that was rebound. */
  find(shortcut: string, rebindings: Rebindings): Command | undefined {
    const candidates = this.list().filter((command) => this.shortcut(command.id, rebindings) === shortcut);
    const enabled = candidates.filter((command) => command.isEnabled?.() !== false);
    return enabled.find((command) => rebindings[command.id] !== undefined) ?? enabled[0];
  }

  /** Other commands with these keys. */
  conflicts(id: string, shortcut: string, rebindings: Rebindings): readonly Command[] {
    return this.list().filter((command) => command.id !== id && this.shortcut(command.id, rebindings) === shortcut);
  }

  /** Runs a command if it is enabled; tells a failure. */
  run(id: string, argument?: string): void {
    const command = this.#commands.get(id);
    if (command === undefined || command.isEnabled?.() === false) return;
    const start = async (): Promise<void> => {
      await command.run(argument);
    };
    start().catch(this.#fail);
  }
}
