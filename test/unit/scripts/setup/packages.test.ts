import { describe, expect, it } from 'vitest';
import { loadScript } from '../../../support/script.ts';

const { firstAvailable } = (await loadScript('setup/packages.mjs')) as {
  firstAvailable(names: readonly string[], policy: string): readonly (string | undefined)[];
};

const policy = (candidates: Readonly<Record<string, string>>): string =>
  Object.entries(candidates)
    .map(([name, version]) => `${name}:\n  Installed: (none)\n  Candidate: ${version}\n  Version table:\n`)
    .join('');

describe('choosing the name an archive has', () => {
  it('takes the first of the alternatives that can be installed', () => {
    const noble = policy({ 'libgtk-3-0': '(none)', 'libgtk-3-0t64': '3.24.41-4ubuntu1.3', ovmf: '2024.02-2' });
    expect(firstAvailable(['libgtk-3-0|libgtk-3-0t64', 'ovmf'], noble)).toEqual(['libgtk-3-0t64', 'ovmf']);
    const bookworm = policy({ 'libgtk-3-0': '3.24.38-2', 'qemu-system-common': '1:7.2' });
    expect(firstAvailable(['libgtk-3-0|libgtk-3-0t64'], bookworm)).toEqual(['libgtk-3-0']);
    expect(firstAvailable(['qemu-system-modules-spice|qemu-system-common'], bookworm)).toEqual(['qemu-system-common']);
  });

  it('tells when there is none', () => {
    expect(firstAvailable(['ovmf', 'swtpm'], policy({ ovmf: '(none)' }))).toEqual([undefined, undefined]);
  });
});
