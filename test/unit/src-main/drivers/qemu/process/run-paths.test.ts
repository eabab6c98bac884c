import { describe, expect, it } from 'vitest';
import { runPaths } from '../../../../../../src-main/drivers/qemu/process/run-paths.ts';

const folderOf = (name: string): string => runPaths('/run/user/1000/vivarium/qemu/run', 7, name).folder;

describe('the folder of a run', () => {
  it('is named after the guest', () => {
    expect(folderOf('web')).toBe('/run/user/1000/vivarium/qemu/run/7-web');
  });

  it('leaves room for sockets, however long the name, and tells names apart that begin alike', () => {
    const [one, two] = [folderOf(`${'x'.repeat(200)}1`), folderOf(`${'x'.repeat(200)}2`)];
    expect(one).not.toBe(two);
    expect(Buffer.byteLength(`${one}/org.qemu.guest_agent.0`)).toBeLessThan(108);
  });

  it('has nothing of a name that would mean something in a path', () => {
    expect(folderOf('a b%c,d')).toMatch(/\/7-a_b_c_d-[0-9a-f]{6}$/);
    expect(folderOf('ü')).not.toBe(folderOf('ö'));
  });

  it('is refused when no socket would fit', () => {
    expect(() => runPaths(`/${'d'.repeat(100)}`, 1, 'web')).toThrow(/too long for a socket/);
  });
});
