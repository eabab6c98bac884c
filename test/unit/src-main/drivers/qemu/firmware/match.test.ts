import { describe, expect, test } from 'vitest';
import { parseFirmwareDescriptor } from '../../../../../../src-main/drivers/qemu/firmware/descriptor.ts';
import { findFirmware } from '../../../../../../src-main/drivers/qemu/firmware/match.ts';
import { complete, domainXml, runContext, start } from '../../../../../support/completing.ts';

const descriptor = (name: string, features: readonly string[]): ReturnType<typeof parseFirmwareDescriptor> =>
  parseFirmwareDescriptor(
    `/firmware/${name}.json`,
    JSON.stringify({
      description: name,
      'interface-types': ['uefi'],
      mapping: {
        device: 'flash',
        executable: { filename: `/firmware/${name}.fd`, format: 'raw' },
        'nvram-template': { filename: `/firmware/${name}_VARS.fd`, format: 'raw' },
      },
      targets: [{ architecture: 'x86_64', machines: ['pc-q35-*'] }],
      features,
      tags: [],
    }),
  );

const secure = descriptor('secure', ['secure-boot', 'enrolled-keys', 'requires-smm', 'acpi-s3']);
const plain = descriptor('plain', ['acpi-s3']);
const firmwares = [secure, plain];

const efi = (features = '', machine = 'q35'): string =>
  domainXml('')
    .replace('<os>', "<os firmware='efi'>")
    .replace("machine='q35'", `machine='${machine}'`)
    .replace('</os>', `${features === '' ? '' : `<firmware>${features}</firmware>`}</os>`);

describe('firmware', () => {
  test('is the first that fits', () => {
    expect(findFirmware(complete(efi()), firmwares)).toBe(secure);
  });

  test('has the features that are asked for, and not those that are refused', () => {
    const without = efi("<feature enabled='no' name='secure-boot'/>");
    expect(findFirmware(complete(without), firmwares)).toBe(plain);
    expect(findFirmware(complete(efi("<feature enabled='yes' name='secure-boot'/>")), [plain])).toBeUndefined();
  });

  test('is for the machine', () => {
    expect(findFirmware(complete(efi('', 'pc')), firmwares)).toBeUndefined();
  });

  test('that is chosen brings its variables and what it needs', () => {
    const { os, features } = start(complete(efi()), { ...runContext, firmwares });
    expect(os.loader).toMatchObject({ value: '/firmware/secure.fd', secure: true, type: 'pflash', readonly: true });
    expect(os.nvram).toMatchObject({ template: '/firmware/secure_VARS.fd', value: '/nvram/guest_VARS.fd' });
    expect(features?.smm?.state).toBe(true);
  });

  test('that is not there is said by what was asked for', () => {
    expect(() => start(complete(efi()), { ...runContext, firmwares: [] })).toThrow(/firmware='efi'/);
  });
});
