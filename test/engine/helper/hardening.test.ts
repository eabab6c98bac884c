import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';

const unit = join(import.meta.dirname, '../../../assets/linux/helper/vivarium-helper.service');

describe.skipIf(!existsSync('/usr/bin/systemd-analyze'))("the helper's unit, as systemd judges it", () => {
  it('has no mistakes, and is exposed no more than what it does needs', async () => {
    // Of 10: changing networks, starting dnsmasq as another user and compiling its own code are what is left.
    const judged = await run(['systemd-analyze', 'security', '--offline=true', '--threshold=40', unit]);
    expect(judged.stdout).toMatch(/Overall exposure level for vivarium-helper\.service: [0-3]\.\d/);
    expect(judged.stderr).not.toMatch(/Unknown|Failed to parse|ignoring/i);
  });
});
