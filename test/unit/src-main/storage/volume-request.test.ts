import { describe, expect, it } from 'vitest';
import { VirError } from '../../../../src-shared/errors.ts';
import { fromXml } from '../../../../src-main/storage/volume-request.ts';

const volume = (inner: string): string => `<volume><name>v</name>${inner}</volume>`;

function refusal(xml: string): string {
  try {
    fromXml(xml);
  } catch (thrown) {
    if (thrown instanceof VirError) return thrown.code;
    throw thrown;
  }
  return 'accepted';
}

describe('fromXml', () => {
  it('allocates a raw volume as libvirt does: entirely unless told', () => {
    expect(fromXml(volume('<capacity unit="KiB">4</capacity>'))).toMatchObject({
      format: 'raw',
      capacityBytes: 4096,
      allocationBytes: 4096,
    });
    expect(fromXml(volume('<capacity>4096</capacity><allocation>0</allocation>')).allocationBytes).toBe(0);
  });

  it('never allocates a qcow2 volume, and makes version 2 unless features or compat ask for more', () => {
    const qcow2 = (inner: string) =>
      fromXml(volume(`<capacity>4096</capacity><target><format type='qcow2'/>${inner}</target>`));
    expect(qcow2('')).toMatchObject({ allocationBytes: 0, compat: '0.10' });
    expect(qcow2('<compat>1.1</compat>').compat).toBe('1.1');
    expect(qcow2('<features><extended_l2/></features>')).toMatchObject({ compat: '1.1', features: ['extended_l2'] });
    expect(qcow2("<clusterSize unit='KiB'>128</clusterSize>").clusterBytes).toBe(131_072);
  });

  it('leaves the capacity to the image below', () => {
    const request = fromXml(volume("<backingStore><path>/b</path><format type='qcow2'/></backingStore>"));
    expect(request).toMatchObject({ capacityBytes: undefined, backing: { path: '/b', format: 'qcow2' } });
  });

  it('refuses what it cannot make, with libvirt’s codes', () => {
    expect(refusal('<volume/>')).toBe('xml-error');
    expect(refusal('<volume><name>a/b</name></volume>')).toBe('xml-error');
    expect(refusal(volume("<target><format type='exe'/></target>"))).toBe('config-unsupported');
    expect(refusal(volume("<target><encryption format='luks'/></target>"))).toBe('no-support');
    expect(refusal(volume('<target><compat>x</compat></target>'))).toBe('xml-error');
    expect(refusal('<volume')).toBe('xml-detail');
  });
});
