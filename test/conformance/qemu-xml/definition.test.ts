/** libvirt's own cases of a definition and what is stored of it: our passes against its expected files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { QemuCapabilities } from '../../../src-main/drivers/qemu/capabilities/types.ts';
import { completeDefinition } from '../../../src-main/drivers/qemu/passes/index.ts';
import { inactiveCopy } from '../../../src-main/engine/live-parts.ts';
import { formatDomain, parseDomain } from '../../../src-shared/model/domain/index.ts';
import { latestRecording, probeRecording, recordedQemuFolder } from '../../support/recorded-qemu.ts';
import { environmentFor, withMachine, withoutAliases } from '../qemu-argv/surroundings.ts';
import { type XmlCase, xmlCases } from './cases.ts';
import { listedQemu } from './listed-qemu.ts';

/** Raised as the passes learn; a score below is a regression. */
const reached = { exact: 472, lines: 0.998 };

const recorded = new Map<string, QemuCapabilities>();

async function capabilitiesFor({ qemu }: XmlCase): Promise<QemuCapabilities> {
  if ('can' in qemu) return listedQemu(qemu.can);
  const known = recorded.get(qemu.version);
  if (known !== undefined) return known;
  const isLatest = qemu.version === 'latest';
  const path = isLatest ? latestRecording('x86_64') : join(recordedQemuFolder(), `caps_${qemu.version}.x86_64.replies`);
  const { capabilities } = await probeRecording(path);
  const usable = isLatest ? withoutAliases(capabilities) : capabilities;
  recorded.set(qemu.version, usable);
  return usable;
}

interface Stored {
  readonly text: string;
  /** Of the stored definition completed once more, as at every start. */
  readonly again: string;
}

function complete(item: XmlCase, known: QemuCapabilities): Stored {
  const domain = parseDomain(readFileSync(item.input, 'utf8'));
  const capabilities = withMachine(known, domain.os?.type.machine);
  const context = { capabilities, environment: environmentFor(item.name), isNew: item.extras.includes('ABI_UPDATE') };
  const once = completeDefinition(inactiveCopy(domain), context);
  const text = formatDomain(once);
  return { text, again: formatDomain(completeDefinition(parseDomain(text), context)) };
}

/** Comments, which libvirt drops, are kept. */
const withoutComments = (text: string): string => text.replace(/\n\s*<!--[\s\S]*?-->/g, '');

const sorted = (text: string): string => text.split('\n').sort().join('\n');

/** Lines of either side that the other has not, however they are ordered. */
function difference(
  expected: string,
  actual: string,
): { readonly missing: string[]; readonly surplus: string[]; readonly total: number } {
  const lines = (text: string): string[] => text.trim().split('\n');
  const left = new Map<string, number>();
  for (const line of lines(expected)) left.set(line, (left.get(line) ?? 0) + 1);
  const surplus: string[] = [];
  for (const line of lines(actual)) {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    else surplus.push(line);
  }
  const missing = [...left].flatMap(([line, count]) => Array.from({ length: count }, () => line));
  return { missing, surplus, total: Math.max(lines(expected).length, lines(actual).length) };
}

describe("libvirt's cases of stored definitions", () => {
  const cases = xmlCases();
  const capabilities = new Map<XmlCase, QemuCapabilities>();

  beforeAll(async () => {
    for (const item of cases) capabilities.set(item, await capabilitiesFor(item));
  });

  test('are stored alike', () => {
    let exact = 0;
    let equal = 0;
    let total = 0;
    const report: string[] = [];
    const moving: string[] = [];
    for (const item of cases) {
      const expected = readFileSync(item.expected, 'utf8');
      let actual = '';
      let refusal: string | undefined;
      try {
        const { text, again } = complete(item, capabilities.get(item) ?? listedQemu([]));
        actual = withoutComments(text);
        // Controllers that were added last are put in order.
        if (sorted(again) !== sorted(text)) moving.push(item.name);
      } catch (thrown) {
        refusal = String(thrown);
      }
      const result = difference(expected, actual);
      total += result.total;
      equal += result.total - Math.max(result.missing.length, result.surplus.length);
      if (actual.trim() === expected.trim()) {
        exact += 1;
        continue;
      }
      report.push(`${item.name} ${JSON.stringify(item.qemu)}`);
      if (refusal === undefined) {
        report.push(...result.missing.map((line) => `  - ${line}`), ...result.surplus.map((line) => `  + ${line}`));
      } else report.push(`  ! ${refusal}`);
    }
    const file = process.env['VIVARIUM_XML_REPORT'];
    if (file !== undefined) writeFileSync(file, `${report.join('\n')}\n`);
    const share = ((100 * equal) / total).toFixed(1);
    console.log(`qemuxml2xml, x86: ${exact} of ${cases.length} definitions equal, ${share} % of lines`);
    expect(moving, 'definitions that change when they are completed again').toEqual([]);
    expect(exact).toBeGreaterThanOrEqual(reached.exact);
    expect(equal / total).toBeGreaterThanOrEqual(reached.lines);
  });
});
