/**
 * Plausible moving figures of a guest that does nothing: each has a load that rises and falls, by a period and a level
 * that follow from its UUID. Counters are the integral of the load, so that rates taken from them are the load again.
 */
import type { DomainStats } from '../../engine/stats.ts';
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import { domainStateNumbers, domainStateReasons, type StateAndReason } from '../../../src-shared/model/summary.ts';

/** Figures 0…1 that belong to a UUID, the same each time. */
export function characterOf(uuid: string): readonly number[] {
  const bytes = uuid.replaceAll('-', '').match(/../g) ?? [];
  return bytes.map((byte) => Number.parseInt(byte, 16) / 255);
}

/** The load at a moment and what it has added up to since the start. */
interface Wave {
  readonly now: number;
  readonly total: number;
}

/** `level` × (1 + sin) ÷ 2 around a quarter of itself; its integral is exact. */
function wave(level: number, periodS: number, phase: number, seconds: number): Wave {
  const omega = (2 * Math.PI) / periodS;
  const start = Math.cos(phase);
  return {
    now: level * (0.25 + 0.375 * (1 + Math.sin(omega * seconds + phase))),
    total: level * (0.625 * seconds + (0.375 / omega) * (start - Math.cos(omega * seconds + phase))),
  };
}

const s = 1e9;

export function figures(uuid: string, domain: Domain, state: StateAndReason, seconds: number): DomainStats {
  const [a = 0.5, b = 0.5, c = 0.5, d = 0.5] = characterOf(uuid);
  const vcpus = domain.vcpu?.current ?? domain.vcpu?.value ?? 1;
  const cpu = wave(0.1 + 0.7 * a, 20 + 60 * b, 6 * c, seconds);
  const disk = wave(4e6 * b, 15 + 40 * c, 6 * d, seconds);
  const net = wave(1e6 * c, 12 + 50 * d, 6 * a, seconds);
  const ns = (share: number): number => Math.round(cpu.total * share * s);
  const part = (total: number, divisor: number): number => Math.floor(total / divisor);
  const maximumKiB = domain.memory?.KiB ?? 0;
  const currentKiB = domain.currentMemory?.KiB ?? maximumKiB;
  const hasBalloon = domain.devices?.memballoon !== undefined && domain.devices.memballoon.model !== 'none';
  const usedShare = 0.3 + 0.4 * a + 0.1 * cpu.now;
  const reasons: readonly string[] = domainStateReasons[state.state];
  return {
    uuid,
    name: domain.name,
    state: { state: domainStateNumbers[state.state], reason: Math.max(0, reasons.indexOf(state.reason)) },
    cpu: { timeNs: ns(vcpus), userNs: ns(vcpus * 0.1), systemNs: ns(vcpus * 0.05) },
    balloon: {
      currentKiB,
      maximumKiB,
      rssKiB: Math.round(currentKiB * Math.min(1, usedShare + 0.1)),
      ...(hasBalloon
        ? {
            availableKiB: currentKiB,
            unusedKiB: Math.round(currentKiB * (1 - usedShare)),
            usableKiB: Math.round(currentKiB * (1 - usedShare * 0.8)),
            swapInKiB: 0,
            swapOutKiB: 0,
            majorFaults: part(seconds, 10),
            minorFaults: part(seconds * 100, 1),
            lastUpdateS: Math.floor(seconds),
          }
        : {}),
    },
    vcpu: {
      current: vcpus,
      maximum: domain.vcpu?.value ?? 1,
      each: Array.from({ length: vcpus }, (_, id) => ({ id, state: 1, timeNs: ns(1), waitNs: ns(0.01) })),
    },
    net: (domain.devices?.interface ?? []).map((card, index) => ({
      name: card.target?.dev ?? `net${index}`,
      rxBytes: part(net.total, 1),
      rxPackets: part(net.total, 800),
      rxErrors: 0,
      rxDropped: 0,
      txBytes: part(net.total, 3),
      txPackets: part(net.total, 1200),
      txErrors: 0,
      txDropped: 0,
    })),
    block: (domain.devices?.disk ?? []).map((each) => ({
      name: each.target.dev,
      ...(each.type === 'file' && each.source?.file !== undefined ? { path: each.source.file } : {}),
      readRequests: part(disk.total, 16_384),
      readBytes: part(disk.total, 1),
      readTimeNs: part(disk.total, 100),
      writeRequests: part(disk.total, 20_000),
      writeBytes: part(disk.total, 2),
      writeTimeNs: part(disk.total, 80),
      flushRequests: part(seconds, 5),
      flushTimeNs: part(seconds * 1e6, 5),
      allocationBytes: 4 * 1024 ** 3,
      capacityBytes: 20 * 1024 ** 3,
      physicalBytes: 4 * 1024 ** 3,
    })),
  };
}
