import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../../../src-shared/model/document.ts';

describe('checkDocument', () => {
  it.each([
    [`<domain type='kvm'><name>a</name></domain>`, 'domain'],
    [`<network><name>a</name></network>`, 'network'],
    [`<pool type='dir'><name>a</name></pool>`, 'storage pool'],
    [`<volume><name>a</name></volume>`, 'storage volume'],
    [`<domainsnapshot/>`, 'snapshot'],
    [`<domaincheckpoint/>`, 'checkpoint'],
    [`<filter name='a'/>`, 'network filter'],
    [`<device><name>a</name></device>`, 'node device'],
    [`<secret/>`, 'secret'],
    [`<capabilities/>`, 'capabilities'],
    [`<interface type='ethernet' name='eth0'/>`, 'host interface'],
    [`<interface type='user'/>`, 'interface'],
    [`<disk type='file'><target dev='vda'/></disk>`, 'disk'],
    [`<cpu mode='host-model'/>`, 'cpu'],
  ])('knows %s by its root', (xml, kind) => {
    expect(checkDocument(xml)).toMatchObject({ kind, issues: [] });
  });

  it('formats, with the comments around the root', () => {
    const { formatted } = checkDocument(
      `<!-- ours --><secret><usage type="ceph"><name>x</name></usage></secret><!-- end -->`,
    );
    expect(formatted).toBe(`<!-- ours -->
<secret ephemeral='no' private='no'>
  <usage type='ceph'>
    <name>x</name>
  </usage>
</secret>
<!-- end -->
`);
  });

  it('says everything that is wrong and formats nothing', () => {
    const { kind, issues, formatted } = checkDocument(`<network ipv6='maybe'>\n<bridge stp='perhaps'/></network>`);
    expect(kind).toBe('network');
    expect(issues.map(({ line, path }) => [line, path])).toEqual([
      [1, '/network/@ipv6'],
      [2, '/network/bridge/@stp'],
      [1, '/network'],
    ]);
    expect(formatted).toBeUndefined();
  });

  it('says what can not be read or is not libvirt’s', () => {
    expect(checkDocument('<a').issues[0]?.message).toBe('The tag <a> does not end.');
    expect(checkDocument('<html/>').issues[0]?.message).toBe("<html> is none of libvirt's objects.");
  });
});
