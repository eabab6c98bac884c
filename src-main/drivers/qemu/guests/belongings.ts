/** What a domain keeps besides its definition and its disks: UEFI variables, the memory of its TPM. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { UndefineOptions } from '../../../engine/driver.ts';
import type { QemuFolders } from '../process/run-paths.ts';
import type { GuestRecord } from './context.ts';

/** Where a domain's UEFI variables are when its definition does not say. */
export const defaultNvramPath = (folders: QemuFolders, name: string): string => join(folders.nvram, `${name}_VARS.fd`);

/** The file of UEFI variables, if the domain has one by now. */
function nvramOf({ os, name }: Domain, folders: QemuFolders): string | undefined {
  if (os?.nvram?.source !== undefined) return undefined;
  const given = os?.nvram?.value;
  const path = given === undefined || given === '' ? defaultNvramPath(folders, name) : given;
  const usesFirmware = os?.firmware === 'efi' || os?.loader?.type === 'pflash';
  return usesFirmware && existsSync(path) ? path : undefined;
}

/**
 * Before a definition goes: its variables are removed or kept as told; without being told, that is refused as libvirt
 * does. The state of an emulated TPM goes too, unless it is to be kept.
 */
export function removeBelongings(record: GuestRecord, folders: QemuFolders, options: UndefineOptions): void {
  const domain = record.config;
  if (domain === undefined) return;
  const nvram = nvramOf(domain, folders);
  if (nvram !== undefined && options.nvram === undefined) {
    throw new VirError({
      code: 'operation-invalid',
      domain: 'qemu',
      message: say`cannot undefine domain '${domain.name}' with nvram`,
      fix: say`Say whether its UEFI variables in '${nvram}' are to be removed or kept.`,
    });
  }
  if (nvram !== undefined && options.nvram === 'remove' && statSync(nvram).isFile()) rmSync(nvram);
  const keepsTpm = (domain.devices?.tpm ?? []).some(
    ({ backend }) => backend.type === 'emulator' && backend.persistent_state === true,
  );
  const removesTpm = options.tpm === 'remove' || (options.tpm === undefined && !keepsTpm);
  if (removesTpm && !record.isActive) rmSync(join(folders.tpm, record.uuid), { recursive: true, force: true });
}

/** Variables that are found by the domain's name follow it. */
export function renameBelongings(record: GuestRecord, folders: QemuFolders, name: string): void {
  const given = record.config?.os?.nvram?.value;
  const from = defaultNvramPath(folders, record.name);
  if ((given === undefined || given === '') && existsSync(from)) renameSync(from, defaultNvramPath(folders, name));
}
