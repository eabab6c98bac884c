// Records which events a real libvirtd tells, and in which order, when a guest goes through `steps.json`.
//
//   node record.mjs KERNEL INITRD COMMAND… > libvirt-VERSION.json
//
// COMMAND is virsh with its connection (`virsh -c qemu:///system`), which has to lead to a libvirtd of its own on this
// host. Kernel and initrd are those of the small guest.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [kernel, initrd, ...virsh] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'record-'));
const saved = join(folder, 'saved');
const file = join(folder, 'domain.xml');
const xml = readFileSync(join(here, 'domain.xml'), 'utf8').replace('@KERNEL@', kernel).replace('@INITRD@', initrd);
writeFileSync(file, xml);
const name = /<name>(.*)<\/name>/.exec(xml)[1];

const run = (...args) => execFileSync(virsh[0], [...virsh.slice(1), ...args], { encoding: 'utf8' });

// One line an event, as `virsh event` words it, lower case: `lifecycle … Started Booted` is `started booted`.
const told = [];
const watch = spawn(virsh[0], [...virsh.slice(1), 'event', '--all', '--loop'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
let rest = '';
watch.stdout.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const line of lines) {
    const match = /^event '([\w-]+)' for domain '?(\w+)'?(?::\s*(.*))?$/.exec(line);
    if (match !== null) told.push(words(match[1], match[3] ?? ''));
  }
});

function words(kind, detail) {
  const plain = detail.toLowerCase().trim();
  if (kind === 'lifecycle') return plain;
  if (kind === 'agent-lifecycle') {
    const [, state, reason] = /state: '(\w+)' reason: '([\w ]+)'/.exec(plain) ?? [];
    return `agent ${state} ${reason}`;
  }
  if (kind === 'migration-iteration') return `${kind} ${/\d+/.exec(plain)[0]}`;
  return kind;
}

const verbs = {
  define: () => run('define', file),
  start: () => run('start', name),
  startPaused: () => run('start', '--paused', name),
  create: () => run('create', file),
  suspend: () => run('suspend', name),
  resume: () => run('resume', name),
  save: () => run('save', name, saved),
  restore: () => run('restore', saved),
  managedSave: () => run('managedsave', name),
  shutdown: ({ mode }) => run('shutdown', name, '--mode', mode),
  reboot: ({ mode }) => run('reboot', name, '--mode', mode),
  reset: () => run('reset', name),
  destroy: () => run('destroy', name),
  undefine: () => run('undefine', name),
  kill: () => {
    const pid = execFileSync('pgrep', ['-f', `guest=${name},`], { encoding: 'utf8' })
      .trim()
      .split('\n')[0];
    process.kill(Number(pid), 'SIGKILL');
  },
};

const recorded = [];
await delay(1000);
for (const step of JSON.parse(readFileSync(join(here, 'steps.json'), 'utf8'))) {
  const from = told.length;
  verbs[step.verb](step);
  const deadline = Date.now() + 120_000;
  while (step.until !== undefined && !told.slice(from).some((word) => word.startsWith(step.until))) {
    if (Date.now() > deadline) throw new Error(`no '${step.until}' after '${step.step}': ${told.slice(from)}`);
    await delay(50);
  }
  // Whatever else belongs to the step has come by then.
  await delay(2500);
  recorded.push({ step: step.step, events: told.slice(from) });
  process.stderr.write(`${step.step}: ${told.slice(from).join(', ')}\n`);
}
watch.kill();
const version = /library: libvirt ([\d.]+)/.exec(run('version'))[1];
const qemu = /hypervisor: QEMU ([\d.]+)/.exec(run('version'))[1];
process.stdout.write(`${JSON.stringify({ libvirt: version, qemu, steps: recorded }, null, 2)}\n`);
