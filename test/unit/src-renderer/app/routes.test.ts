import { describe, expect, it } from 'vitest';
import { paths, placeOf, sectionOf } from '../../../../src-renderer/app/routes.ts';

describe('addresses', () => {
  it('lead back to the machine they were made of', () => {
    const machine = { uri: 'qemu+ssh://ada@host:22/system?socket=/a%b', uuid: 'u-1' };
    expect(placeOf(paths.machine(machine))).toEqual({ name: 'machine', machine, tab: 'overview' });
    expect(placeOf(paths.machine(machine, 'xml'))).toMatchObject({ tab: 'xml' });
  });

  it('know a console’s window by its query', () => {
    expect(placeOf('/console?uri=qemu%3A%2F%2F%2Fsession&uuid=u&alias=serial0')).toEqual({
      name: 'console',
      machine: { uri: 'qemu:///session', uuid: 'u' },
      alias: 'serial0',
    });
  });

  it.each(['', '/', '/nowhere', '/machine', '/machine/%E0%A4%A', '/machine/x', '/console'])(
    'mean the machines when they mean nothing: %s',
    (location) => {
      expect(placeOf(location)).toEqual({ name: 'machines' });
    },
  );

  it('belong to a section of the rail', () => {
    expect(sectionOf(placeOf('/create'))).toBe('machines');
    expect(sectionOf(placeOf('/storage'))).toBe('storage');
    expect(sectionOf(placeOf('/settings/shortcuts'))).toBe('settings');
  });
});
