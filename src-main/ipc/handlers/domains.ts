/** Domains: each call is the driver's method of the same name, or libvirt's "not supported". */
import type { Affects } from '../../engine/driver.ts';
import { type DomainApi, everyConfiguration, need } from '../../engine/driver.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import { VirError } from '../../../src-shared/errors.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';
import { given } from './given.ts';

export function domainHandlers(services: Services): HandlerSet {
  const { engine } = services;
  const domainsOf = async (uri: string): Promise<DomainApi> => (await engine.open(uri)).domains;

  return {
    'domains.list': async ({ uri }) => await (await domainsOf(uri)).list(),
    'domains.lookup': async ({ uri, text }) => await lookup(await domainsOf(uri), text),
    'domains.xml': async ({ uri, uuid, ...options }) => await (await domainsOf(uri)).xml(uuid, given(options)),
    'domains.state': async ({ uri, uuid }) => await (await domainsOf(uri)).state(uuid),
    'domains.define': async ({ uri, xml, author }) =>
      await need(await domainsOf(uri), 'define')(xml, given({ author })),
    'domains.create-xml': async ({ uri, xml, paused }) =>
      await need(await domainsOf(uri), 'createXml')(xml, given({ paused })),
    'domains.undefine': async ({ uri, uuid, ...options }) => {
      await need(await domainsOf(uri), 'undefine')(uuid, given(options));
    },
    'domains.start': async ({ uri, uuid, ...options }) =>
      await need(await domainsOf(uri), 'start')(uuid, given(options)),
    'domains.shutdown': async ({ uri, uuid, modes }) => {
      await need(await domainsOf(uri), 'shutdown')(uuid, modes);
    },
    'domains.reboot': async ({ uri, uuid, modes }) => {
      await need(await domainsOf(uri), 'reboot')(uuid, modes);
    },
    'domains.reset': async ({ uri, uuid }) => {
      await need(await domainsOf(uri), 'reset')(uuid);
    },
    'domains.destroy': async ({ uri, uuid, graceful }) => {
      await need(await domainsOf(uri), 'destroy')(uuid, given({ graceful }));
    },
    'domains.suspend': async ({ uri, uuid }) => {
      await need(await domainsOf(uri), 'suspend')(uuid);
    },
    'domains.resume': async ({ uri, uuid }) => {
      await need(await domainsOf(uri), 'resume')(uuid);
    },
    'domains.rename': async ({ uri, uuid, name }) => await need(await domainsOf(uri), 'rename')(uuid, name),
    'domains.set-autostart': async ({ uri, uuid, autostart }) => {
      await need(await domainsOf(uri), 'setAutostart')(uuid, autostart);
    },
    'domains.save': async ({ uri, uuid, path, running }) =>
      need(await domainsOf(uri), 'save')(uuid, path, given({ running })).info.id,
    'domains.restore': async ({ uri, path, running }) =>
      need(await domainsOf(uri), 'restore')(path, given({ running })).info.id,
    'domains.managed-save': async ({ uri, uuid }) => need(await domainsOf(uri), 'managedSave')(uuid).info.id,
    'domains.managed-save-remove': async ({ uri, uuid }) => {
      await need(await domainsOf(uri), 'managedSaveRemove')(uuid);
    },
    'domains.attach-device': async ({ uri, uuid, xml, affects }) => {
      await need(await domainsOf(uri), 'attachDevice')(uuid, xml, given(affects) satisfies Affects);
    },
    'domains.detach-device': async ({ uri, uuid, xml, affects }) => {
      await need(await domainsOf(uri), 'detachDevice')(uuid, xml, given(affects));
    },
    'domains.update-device': async ({ uri, uuid, xml, affects }) => {
      await need(await domainsOf(uri), 'updateDevice')(uuid, xml, given(affects));
    },
    'domains.set-memory': async ({ uri, uuid, kiB, affects, maximum }) => {
      await need(await domainsOf(uri), 'setMemory')(uuid, kiB, given({ ...affects, maximum }));
    },
    'domains.set-vcpus': async ({ uri, uuid, count, affects, maximum }) => {
      await need(await domainsOf(uri), 'setVcpus')(uuid, count, given({ ...affects, maximum }));
    },
    'domains.set-title': async ({ uri, uuid, title, description }) => {
      const domains = await domainsOf(uri);
      const setMetadata = need(domains, 'setMetadata');
      const affects = everyConfiguration(await domains.lookupByUuid(uuid));
      if (title !== undefined) await setMetadata(uuid, { type: 'title' }, title === '' ? undefined : title, affects);
      if (description !== undefined) {
        await setMetadata(uuid, { type: 'description' }, description === '' ? undefined : description, affects);
      }
    },
    'domains.screenshot': async ({ uri, uuid, screen }) =>
      Buffer.from(await need(await domainsOf(uri), 'screenshot')(uuid, screen)).toString('base64'),
    'domains.send-key': async ({ uri, uuid, codeset, codes, holdMs }) => {
      await need(await domainsOf(uri), 'sendKey')(uuid, codeset, codes, holdMs);
    },
    'domains.consoles': async ({ uri, uuid }) => {
      const endpoints = await need(await domainsOf(uri), 'consoles')(uuid);
      return endpoints.map(({ kind, alias }) => ({ kind, alias, available: true }));
    },
    'domains.open-console': async ({ uri, uuid, kind, alias, force }) =>
      await services.consoles.open(await domainsOf(uri), uuid, given({ kind, alias, force })),
    'domains.addresses': async ({ uri, uuid, source }) => await need(await domainsOf(uri), 'addresses')(uuid, source),
    'domains.log': async ({ uri, uuid, tailBytes }) =>
      await need(await domainsOf(uri), 'log')(uuid, given({ tailBytes })),
    'domains.history': async ({ uri, uuid }) => await need(await domainsOf(uri), 'history')(uuid),
    'domains.history-xml': async ({ uri, uuid, entry }) => await need(await domainsOf(uri), 'historyXml')(uuid, entry),
  };
}

/** By id, UUID or name, in the order in which `virsh` tries them. */
async function lookup(domains: DomainApi, text: string): Promise<DomainSummary> {
  const missing = (error: unknown): undefined => {
    if (error instanceof VirError && error.code === 'no-domain') return undefined;
    throw error;
  };
  if (/^\d+$/.test(text)) {
    const found = await domains.lookupById(Number(text)).catch(missing);
    if (found !== undefined) return found;
  }
  if (/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text)) {
    const found = await domains.lookupByUuid(text.toLowerCase()).catch(missing);
    if (found !== undefined) return found;
  }
  return await domains.lookupByName(text);
}
