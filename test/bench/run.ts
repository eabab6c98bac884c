/**
 * `npm run bench [section …]`: measures and compares with peers in the same run. Not a test: nothing fails by the clock.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptPath } from '../support/script.ts';
import { applicationSection } from './application.ts';
import { consoleSection } from './console.ts';
import { controlSection } from './control.ts';
import { networkSection } from './network.ts';
import { formatSection, save, type Section } from './report.ts';
import { remoteSection } from './remote.ts';
import { rpcSection } from './rpc.ts';

const sections: Readonly<Record<string, () => Promise<Section>>> = {
  control: controlSection,
  network: networkSection,
  rpc: rpcSection,
  remote: remoteSection,
  console: consoleSection,
  application: applicationSection,
};

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !Object.hasOwn(sections, name));
if (unknown !== undefined) throw new Error(`there is no section '${unknown}': ${Object.keys(sections).join(', ')}`);

execFileSync(process.execPath, [scriptPath('setup/packages.mjs'), 'test', 'bench'], { stdio: 'inherit' });
const measured: Section[] = [];
for (const [name, measure] of Object.entries(sections)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const section = await measure();
  measured.push(section);
  process.stdout.write(`${formatSection(section)}\n`);
}
const path = join(fileURLToPath(new URL('../..', import.meta.url)), 'test-results', 'bench.json');
save(path, measured);
process.stdout.write(`Written to ${path}\n`);
