import { describe, expect, it } from 'vitest';
import { loadScript } from '../../../support/script.ts';

const { toSourceStanzas } = (await loadScript('setup/corpus.mjs')) as {
  toSourceStanzas(content: string, isDeb822: boolean, uris: readonly string[]): readonly string[];
};

const ubuntu = `# Ubuntu
Types: deb
URIs: http://archive.ubuntu.com/ubuntu/
Suites: noble noble-updates
Components: main universe
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: https://packages.example.org/apt
Suites: stable
Components: main
`;

describe("an archive's sources", () => {
  it('are where its binary packages are, signed by the same key', () => {
    expect(toSourceStanzas(ubuntu, true, ['http://archive.ubuntu.com/ubuntu'])).toEqual([
      `Types: deb-src
URIs: http://archive.ubuntu.com/ubuntu/
Suites: noble noble-updates
Components: main universe
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
`,
    ]);
  });

  it('are found in one-line entries too', () => {
    const list = `deb-src http://deb.debian.org/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/key.gpg] http://deb.debian.org/debian bookworm main contrib
# deb http://deb.debian.org/debian sid main
`;
    expect(toSourceStanzas(list, false, [])).toEqual([
      'Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nComponents: main contrib\n' +
        'Signed-By: /etc/apt/key.gpg\n',
    ]);
  });

  it('leave out what is switched off', () => {
    expect(toSourceStanzas(ubuntu.replaceAll('Types: deb', 'Enabled: no\nTypes: deb'), true, [])).toEqual([]);
  });
});
