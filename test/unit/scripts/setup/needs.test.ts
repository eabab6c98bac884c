import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { loadScript } from '../../../support/script.ts';

/** Debian policy §5.6.7; Fedora's guideline allows capitals, `_` and `.` besides. */
const aptNames = /^[a-z0-9][a-z0-9.+-]+(\|[a-z0-9][a-z0-9.+-]+)*$/;
const dnfNames = /^[A-Za-z0-9][\w.+-]+( [A-Za-z0-9][\w.+-]+)*$/;

const need = z.strictObject({
  why: z.string().min(3),
  apt: z.string().regex(aptNames),
  dnf: z.string().regex(dnfNames).optional(),
  files: z.array(z.string().regex(/^\/\S+$/)).min(1),
});
const group = z.array(need).min(1);
const tables = z.object({ groups: z.strictObject({ run: group, guest: group, test: group, bench: group }) });

const { groups } = tables.parse(await loadScript('setup/needs.mjs'));

describe('the system packages that are needed', () => {
  it('have a name in both families for all that runs the application', () => {
    expect(groups.run.filter(({ dnf }) => dnf === undefined)).toEqual([]);
  });

  it('are told apart by files: none stands for two of them', () => {
    const files = Object.values(groups).flatMap((all) => all.flatMap((each) => each.files));
    expect(files.filter((file, index) => files.indexOf(file) !== index)).toEqual([]);
  });

  it('name each package once', () => {
    const names = Object.values(groups).flatMap((all) => all.map(({ apt }) => apt));
    expect(new Set(names).size).toBe(names.length);
  });

  it("know the libraries by both families' folders", () => {
    const libraries = groups.run.filter(({ files }) => files.some((file) => file.includes('.so')));
    expect(libraries.length).toBeGreaterThan(0);
    for (const { files } of libraries) {
      expect(files.some((file) => file.startsWith('/usr/lib/x86_64-linux-gnu/'))).toBe(true);
      expect(files.some((file) => file.startsWith('/usr/lib64/'))).toBe(true);
    }
  });

  it('include what each distribution named differs in', () => {
    const named = groups.run.map(({ apt }) => apt);
    // Debian 13 and Ubuntu 24.04 split SPICE off, and renamed what the change of time_t touched.
    expect(named).toContain('qemu-system-modules-spice|qemu-system-common');
    expect(named).toContain('libgtk-3-0|libgtk-3-0t64');
    expect(named).toContain('libasound2|libasound2t64');
  });
});
