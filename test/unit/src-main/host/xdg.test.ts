import { describe, expect, it } from 'vitest';
import { socketPath, xdgDirectories } from '../../../../src-main/host/xdg.ts';

const home = '/home/ada';
const nobody = 4_000_000_000;

describe('xdgDirectories', () => {
  it('follows the variables', () => {
    const env = {
      XDG_CONFIG_HOME: '/c',
      XDG_STATE_HOME: '/s',
      XDG_DATA_HOME: '/d',
      XDG_CACHE_HOME: '/k',
      XDG_RUNTIME_DIR: '/r',
    };
    expect(xdgDirectories({ env, home })).toEqual({
      config: '/c/vivarium',
      state: '/s/vivarium',
      data: '/d/vivarium',
      cache: '/k/vivarium',
      runtime: '/r/vivarium',
    });
  });

  it('has the specification’s defaults, also for empty and relative values', () => {
    const found = xdgDirectories({
      env: { XDG_STATE_HOME: 'relative', XDG_DATA_HOME: '' },
      home,
      uid: nobody,
      temporary: '/tmp',
    });
    expect(found).toEqual({
      config: '/home/ada/.config/vivarium',
      state: '/home/ada/.local/state/vivarium',
      data: '/home/ada/.local/share/vivarium',
      cache: '/home/ada/.cache/vivarium',
      runtime: `/tmp/vivarium-${nobody}`,
    });
  });

  it('moves sockets to a short folder, always the same, when the runtime folder is too deep for them', () => {
    const env = { XDG_RUNTIME_DIR: `/${'deep/'.repeat(20)}` };
    const found = xdgDirectories({ env, home, uid: nobody, temporary: '/tmp' }).runtime;
    expect(found).toMatch(new RegExp(`^/tmp/vivarium-${nobody}-[0-9a-f]{8}$`));
    expect(xdgDirectories({ env, home, uid: nobody, temporary: '/tmp' }).runtime).toBe(found);
    const other = { XDG_RUNTIME_DIR: `/${'deeper/'.repeat(20)}` };
    expect(xdgDirectories({ env: other, home, uid: nobody, temporary: '/tmp' }).runtime).not.toBe(found);
  });
});

describe('socketPath', () => {
  it('accepts what the kernel can bind and refuses one byte more, counting bytes', () => {
    expect(socketPath('/r', 'x'.repeat(104))).toHaveLength(107);
    expect(() => socketPath('/r', 'x'.repeat(105))).toThrow(/108 bytes/);
    expect(() => socketPath('/r', 'ü'.repeat(53))).toThrow(/too long/);
  });
});
