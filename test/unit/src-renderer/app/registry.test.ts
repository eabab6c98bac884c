import { describe, expect, it, vi } from 'vitest';
import { type Command, CommandRegistry } from '../../../../src-renderer/app/commands/registry.ts';

const command = (id: string, rest: Partial<Command> = {}): Command => ({
  id,
  group: 'go',
  title: () => id,
  run: () => undefined,
  ...rest,
});

describe('the command registry', () => {
  it('refuses a second command of the same id', () => {
    const registry = new CommandRegistry(() => undefined);
    registry.add(command('a'));
    expect(() => registry.add(command('a'))).toThrow('two commands');
  });

  it('forgets commands whose feature is gone', () => {
    const registry = new CommandRegistry(() => undefined);
    const remove = registry.add(command('a', { shortcut: 'Ctrl+A' }));
    remove();
    expect(registry.find('Ctrl+A', {})).toBeUndefined();
  });

  it('lets a user give a command other keys, or none', () => {
    const registry = new CommandRegistry(() => undefined);
    registry.add(command('a', { shortcut: 'Ctrl+A' }));
    expect(registry.find('Ctrl+B', { a: 'ctrl+b' })?.id).toBe('a');
    expect(registry.find('Ctrl+A', { a: 'ctrl+b' })).toBeUndefined();
    expect(registry.shortcut('a', { a: '' })).toBeUndefined();
  });

  it('prefers the enabled one of two with the same keys, then the rebound one', () => {
    const registry = new CommandRegistry(() => undefined);
    registry.add(
      command('off', { shortcut: 'Ctrl+A', isEnabled: () => false }),
      command('on', { shortcut: 'Ctrl+A' }),
      command('bound'),
    );
    expect(registry.find('Ctrl+A', {})?.id).toBe('on');
    expect(registry.find('Ctrl+A', { bound: 'Ctrl+A' })?.id).toBe('bound');
    expect(registry.conflicts('bound', 'Ctrl+A', {}).map(({ id }) => id)).toEqual(['off', 'on']);
  });

  it('does not run what is not enabled', () => {
    const run = vi.fn();
    const registry = new CommandRegistry(() => undefined);
    registry.add(command('a', { run, isEnabled: () => false }));
    registry.run('a');
    expect(run).not.toHaveBeenCalled();
  });

  it('tells the failure of a command, thrown or rejected', async () => {
    const failures: unknown[] = [];
    const registry = new CommandRegistry((error) => failures.push(error));
    registry.add(
      command('throws', {
        run: () => {
          throw new Error('thrown');
        },
      }),
      command('rejects', { run: () => Promise.reject(new Error('rejected')) }),
    );
    registry.run('throws');
    registry.run('rejects');
    await vi.waitFor(() => expect(failures).toHaveLength(2));
    expect(failures.map(String)).toEqual(['Error: thrown', 'Error: rejected']);
  });
});
