/**
 * libvirt's own cases of XML to QEMU arguments, for the QEMUs it recorded: our passes and command line against its
 * expected files.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { QemuCapabilities } from '../../../src-main/drivers/qemu/capabilities/types.ts';
import { buildCommandLine } from '../../../src-main/drivers/qemu/command-line/build.ts';
import { completeDefinition } from '../../../src-main/drivers/qemu/passes/index.ts';
import { prepareStart } from '../../../src-main/drivers/qemu/passes/start/index.ts';
import { parseDomain } from '../../../src-shared/model/domain/index.ts';
import { probeRecording, recordedQemuFolder, recordedQemus } from '../../support/recorded-qemu.ts';
import { type UpstreamCase, upstreamCases } from './cases.ts';
import { compare, parseInvocation } from './compare.ts';
import {
  environmentFor,
  launchFor,
  runContext,
  withDefaultPasswords,
  withMachine,
  withoutAliases,
} from './surroundings.ts';

/** Raised as the passes learn; a score below is a regression. */
const reached = { exact: 360, masked: 368, options: 0.975, refused: 56 };

const capabilitiesByVersion = new Map<string, QemuCapabilities>();

async function capabilitiesFor(version: string): Promise<QemuCapabilities> {
  const newest = recordedQemus()
    .filter((name) => name.endsWith('.x86_64.replies'))
    .at(-1);
  const file = version === 'latest' ? newest : `caps_${version}.x86_64.replies`;
  const known = capabilitiesByVersion.get(version);
  if (known !== undefined) return known;
  const { capabilities } = await probeRecording(join(recordedQemuFolder(), file ?? ''));
  const usable = version === 'latest' ? withoutAliases(capabilities) : capabilities;
  capabilitiesByVersion.set(version, usable);
  return usable;
}

function argumentsFor({ name, extras, xmlPath }: UpstreamCase, known: QemuCapabilities): readonly string[] {
  const domain = parseDomain(readFileSync(xmlPath, 'utf8'));
  const capabilities = withMachine(known, domain.os?.type.machine);
  const context = { capabilities, environment: environmentFor(name), isNew: extras.includes('ABI_UPDATE') };
  const stored = completeDefinition(domain, context);
  const run = runContext(stored.name);
  const live = withDefaultPasswords(prepareStart(stored, { ...context, isNew: true, run }));
  return buildCommandLine(live, capabilities, launchFor(run, name)).arguments;
}

interface Outcome {
  readonly case: UpstreamCase;
  readonly actual?: readonly string[];
  readonly error?: Error;
}

describe("libvirt's cases of XML to QEMU arguments", () => {
  const outcomes: Outcome[] = [];

  beforeAll(async () => {
    for (const item of upstreamCases()) {
      const capabilities = await capabilitiesFor(item.version);
      try {
        outcomes.push({ case: item, actual: argumentsFor(item, capabilities) });
      } catch (thrown) {
        outcomes.push({ case: item, error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
      }
    }
  });

  test('give the same arguments', () => {
    let exact = 0;
    let masked = 0;
    let equal = 0;
    let total = 0;
    const report: string[] = [];
    const positive = outcomes.filter((outcome) => outcome.case.expects === 'arguments');
    for (const { case: item, actual, error } of positive) {
      const expected = parseInvocation(readFileSync(item.expectedPath, 'utf8')).words;
      const result = compare(expected, actual ?? []);
      if (result.isExact) exact += 1;
      if (result.isExactMasked) masked += 1;
      equal += result.equal;
      total += result.total;
      if (result.isExactMasked) continue;
      report.push(`${item.name} ${item.version}`);
      if (error === undefined) {
        report.push(
          ...result.missing.map((option) => `  - ${option}`),
          ...result.surplus.map((option) => `  + ${option}`),
        );
      } else report.push(`  ! ${error.name}: ${error.message}`);
    }
    const file = process.env['VIVARIUM_ARGV_REPORT'];
    if (file !== undefined) writeFileSync(file, `${report.join('\n')}\n`);
    const share = ((100 * equal) / total).toFixed(1);
    console.log(
      `qemuxml2argv, x86_64 with recorded QEMUs: ${exact} exact, ${masked} equal after masking, of ${positive.length}; ` +
        `${share} % of options equal`,
    );
    expect(exact).toBeGreaterThanOrEqual(reached.exact);
    expect(masked).toBeGreaterThanOrEqual(reached.masked);
    expect(equal / total).toBeGreaterThanOrEqual(reached.options);
  });

  test('are refused where libvirt refuses them', () => {
    const negative = outcomes.filter((outcome) => outcome.case.expects !== 'arguments');
    const refused = negative.filter((outcome) => outcome.error !== undefined);
    console.log(`qemuxml2argv, expected errors: ${refused.length} of ${negative.length} refused`);
    const file = process.env['VIVARIUM_ARGV_REPORT'];
    if (file !== undefined) {
      const accepted = negative.filter((outcome) => outcome.error === undefined);
      const lines = accepted.map(({ case: item }) => `${item.name}: ${readFileSync(item.expectedPath, 'utf8').trim()}`);
      writeFileSync(`${file}.errors`, `${lines.join('\n')}\n`);
    }
    expect(refused.length).toBeGreaterThanOrEqual(reached.refused);
  });
});
