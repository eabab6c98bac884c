import { describe, expect, it } from 'vitest';
import { domainSchema } from '../../../../src-shared/model/domain/index.ts';
import { nwfilterSchema } from '../../../../src-shared/model/nwfilter.ts';
import { describeElement, type OpenElement } from '../../../../src-shared/xml/describe.ts';

const path = (...places: (string | [string, Record<string, string>])[]): OpenElement[] =>
  places.map((place) =>
    typeof place === 'string' ? { name: place, attributes: {} } : { name: place[0], attributes: place[1] },
  );

const at = (...places: Parameters<typeof path>) => describeElement(domainSchema, path(...places));

describe('describeElement', () => {
  it('offers the attributes of an element with their words and whether they must be there', () => {
    const device = at('domain', 'devices', 'disk')?.attributes.find(({ name }) => name === 'device');
    expect(device).toMatchObject({
      required: false,
      words: ['disk', 'cdrom', 'floppy', 'lun'],
      doc: 'What the guest sees.',
    });
    const type = at('domain')?.attributes.find(({ name }) => name === 'type');
    expect(type).toMatchObject({ required: true });
    expect(type?.words).toContain('kvm');
  });

  it('offers the words of the attribute that tells variants apart', () => {
    const type = at('domain', 'devices', 'graphics')?.attributes.find(({ name }) => name === 'type');
    expect(type?.words).toEqual(['vnc', 'spice', 'sdl', 'egl-headless', 'rdp', 'desktop', 'dbus']);
    expect(type?.required).toBe(true);
  });

  it('knows the content of a variant by the attributes on the way', () => {
    const names = (type: string): string[] =>
      at('domain', 'devices', ['disk', { type }], 'source')?.attributes.map(({ name }) => name) ?? [];
    expect(names('file')).toContain('file');
    expect(names('file')).not.toContain('protocol');
    expect(names('network')).toContain('protocol');
  });

  it('offers what any variant allows while none is chosen', () => {
    const attributes = at('domain', 'devices', 'graphics')?.attributes.map(({ name }) => name);
    expect(attributes).toEqual(expect.arrayContaining(['websocket', 'tlsPort', 'xauth']));
  });

  it('offers children with what they are, and which can stand more than once', () => {
    const children = at('domain', 'devices')?.children;
    expect(children?.find(({ name }) => name === 'disk')).toEqual({
      name: 'disk',
      required: false,
      repeats: true,
      doc: 'A disk, CD-ROM or floppy drive.',
    });
    expect(children?.find(({ name }) => name === 'vsock')?.repeats).toBe(false);
  });

  it('offers the words of an element that is only text', () => {
    expect(at('domain', 'on_crash')?.text?.words).toContain('coredump-restart');
  });

  it('offers units for sizes', () => {
    expect(at('domain', 'memory')?.attributes.find(({ name }) => name === 'unit')?.words).toContain('GiB');
  });

  it('offers elements whose order matters', () => {
    const children = describeElement(nwfilterSchema, path('filter'))?.children.map(({ name }) => name);
    expect(children).toEqual(['uuid', 'rule', 'filterref']);
  });

  it('says nothing about foreign and unknown places', () => {
    expect(at('domain', 'metadata')).toBeUndefined();
    expect(at('domain', 'metadata', 'app')).toBeUndefined();
    expect(at('domain', 'wormhole')).toBeUndefined();
    expect(at('network')).toBeUndefined();
    expect(at()).toBeUndefined();
  });
});
