import { createDecipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { sealSecret, secretReferences } from '../../../../../../src-main/drivers/qemu/devices/secrets.ts';
import { parseDomain } from '../../../../../../src-shared/model/domain/index.ts';
import { domainXml } from '../../../../../support/completing.ts';

const masterKey = Uint8Array.from({ length: 32 }, (_, place) => place);

test('a secret is encrypted as QEMU decrypts it: the bytes that libvirt’s tests expect', () => {
  const iv = Buffer.from(masterKey.subarray(0, 16));
  expect(sealSecret(masterKey, 'AQCVn5hO6HzFAhAAq0NCv8jtJcIcE+HOBlMQ1A', iv)).toEqual({
    data: '9eao5F8qtkGt+seB1HYivWIxbtwUu6MQtg1zpj/oDtUsPr1q8wBYM91uEHCn6j/1',
    iv: 'AAECAwQFBgcICQoLDA0ODw==',
  });
});

test('two seals of one secret differ, and both hold it', () => {
  const [first, second] = [sealSecret(masterKey, 'word'), sealSecret(masterKey, 'word')];
  expect(first.data).not.toBe(second.data);
  for (const { data, iv } of [first, second]) {
    const decryption = createDecipheriv('aes-256-cbc', masterKey, Buffer.from(iv, 'base64'));
    expect(Buffer.concat([decryption.update(data, 'base64'), decryption.final()]).toString()).toBe('word');
  }
});

test('every secret of a definition is listed with its use', () => {
  const uuid = '0a81f5b2-8403-7b23-c8d6-21ccc2f80f80';
  const encryption = `<encryption format='luks'><secret type='passphrase' uuid='${uuid}'/></encryption>`;
  const xml = domainXml(
    `<disk type='file'><source file='/a'>${encryption}</source><target dev='vda' bus='virtio'/></disk>` +
      `<disk type='network'><source protocol='rbd' name='pool/image'><auth username='me'><secret type='ceph' usage='mine'/></auth>` +
      `</source><target dev='vdb' bus='virtio'/></disk>`,
  );
  expect(secretReferences(parseDomain(xml))).toEqual([
    { usageType: 'volume', uuid },
    { usageType: 'ceph', usage: 'mine' },
  ]);
});
