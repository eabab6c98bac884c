import type { StartPass } from './types.ts';

/**
 * `host-model` is the host's CPU as far as a guest can be moved away from it: QEMU works that out itself. Under TCG
 * there is no host to follow, and the most that can be emulated stands for it.
 */
export const resolveHostModel: StartPass = (domain) => {
  const { cpu } = domain;
  if (cpu?.mode !== 'host-model') return;
  delete cpu.match;
  delete cpu.model;
  cpu.check = 'none';
  if (domain.type === 'kvm') {
    cpu.mode = 'host-passthrough';
    cpu.migratable = true;
  } else cpu.mode = 'maximum';
};
