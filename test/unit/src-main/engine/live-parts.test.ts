import { describe, expect, it } from 'vitest';
import { dropLiveParts, inactiveCopy, withoutSecrets } from '../../../../src-main/engine/live-parts.ts';
import { formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';

const domain = (devices: string, rest = ''): ReturnType<typeof parseDomain> =>
  parseDomain(
    `<domain type='kvm' id='3'><name>web</name><memory>1</memory>${rest}<devices>${devices}</devices></domain>`,
  );

const dropped = (devices: string, rest?: string): string => formatDomain(dropLiveParts(domain(devices, rest)));

describe('the inactive configuration', () => {
  it('has no id and no aliases but the user’s own', () => {
    const xml = dropped(
      "<sound model='ich9'><alias name='sound0'/></sound><sound model='ac97'><alias name='ua-1'/></sound>" +
        "<memballoon model='virtio'><alias name='balloon0'/></memballoon>",
    );
    expect(xml).not.toMatch(/id='3'|sound0|balloon0/);
    expect(xml).toContain("<alias name='ua-1'/>");
  });

  it('keeps names of taps that were chosen, not those that were made', () => {
    const xml = dropped(
      "<interface type='bridge'><source bridge='br0'/><target dev='vnet7'/></interface>" +
        "<interface type='bridge'><source bridge='br0'/><target dev='webtap'/></interface>" +
        "<interface type='ethernet'><target dev='vnet8' managed='no'/></interface>",
    );
    expect(xml).not.toContain('vnet7');
    expect(xml).toContain("<target dev='webtap'/>");
    expect(xml).toContain("dev='vnet8'");
  });

  it('forgets ports, terminals and indexes that belong to one run', () => {
    const xml = dropped(
      "<disk type='file'><source file='/a' index='2'/><backingStore type='file' index='4'><format type='raw'/><source file='/b'/></backingStore><target dev='vda'/></disk>" +
        "<serial type='pty'><source path='/dev/pts/4'/><target port='0'/></serial>" +
        "<channel type='unix'><target type='virtio' name='a' state='connected'/></channel>" +
        "<graphics type='vnc' port='5900' autoport='yes'/><graphics type='spice' port='5901' tlsPort='5902' autoport='yes'/>" +
        "<graphics type='vnc' port='5910' autoport='no'/>",
    );
    expect(xml).not.toMatch(/index=|pts|state=|5900|5901|5902/);
    expect(xml).toContain("port='5910'");
    expect(xml).toContain("<source file='/b'/>");
  });

  it('keeps a static security label and drops a chosen one', () => {
    const xml = dropped(
      '',
      "<seclabel type='static' model='dac'><label>a</label></seclabel><seclabel type='dynamic' model='selinux'><label>b</label><imagelabel>c</imagelabel></seclabel>",
    );
    expect(xml).toContain('<label>a</label>');
    expect(xml).not.toMatch(/<label>b|imagelabel/);
  });

  it('is made from a copy where the live one is still needed', () => {
    const live = domain("<sound model='ich9'><alias name='sound0'/></sound>");
    inactiveCopy(live);
    expect(live.devices?.sound[0]?.alias?.name).toBe('sound0');
    expect(live.id).toBe(3);
  });
});

describe('secrets', () => {
  it('are taken out of a copy, and a model without any is given back as it is', () => {
    const secret = domain(
      "<disk type='network'><source protocol='https' name='x'><host name='h'/><cookies><cookie name='c'>v</cookie></cookies></source><target dev='vda'/></disk><graphics type='spice' passwd='sesame'/>",
    );
    expect(formatDomain(withoutSecrets(secret))).not.toMatch(/sesame|cookie/);
    expect(formatDomain(secret)).toMatch(/sesame/);
    const plain = domain('');
    expect(withoutSecrets(plain)).toBe(plain);
  });
});
