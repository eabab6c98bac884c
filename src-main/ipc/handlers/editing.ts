/** Edits that are more than one verb of a driver: planned hardware changes, folders and tags, the bin. */
import {
  extractNamespace,
  readOrganisation,
  vivariumNamespace,
  withOrganisation,
} from '../../../src-shared/model/domain-metadata.ts';
import { parseDomain } from '../../../src-shared/model/domain/index.ts';
import { everyConfiguration, need } from '../../engine/driver.ts';
import { applyEdit, planEdit } from '../../engine/plan-edit.ts';
import { tidyCaptures } from '../../engine/tidy-captures.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function editingHandlers({ engine, bin }: Services): HandlerSet {
  return {
    'domains.plan-edit': async ({ uri, uuid, xml }) => await planEdit((await engine.open(uri)).domains, uuid, xml),
    'domains.apply-edit': async ({ uri, uuid, xml, author }) =>
      await applyEdit((await engine.open(uri)).domains, uuid, xml, author ?? 'window'),
    'domains.organise': async ({ uri, uuids, folder, addTags = [], removeTags = [] }) => {
      const { domains } = await engine.open(uri);
      const setMetadata = need(domains, 'setMetadata');
      for (const uuid of uuids) {
        const { metadata } = parseDomain(await domains.xml(uuid, { inactive: true }));
        const before = readOrganisation(metadata);
        const tags = [...before.tags.filter((tag) => !removeTags.includes(tag) && !addTags.includes(tag)), ...addTags];
        const place = folder ?? before.folder;
        const after = withOrganisation(metadata, {
          tags,
          ...(place === undefined || place === '' ? {} : { folder: place }),
        });
        const element = { type: 'element', uri: vivariumNamespace, prefix: 'vivarium' } as const;
        const text = extractNamespace(after, vivariumNamespace);
        await setMetadata(uuid, element, text, everyConfiguration(await domains.lookupByUuid(uuid)));
      }
    },
    'domains.delete': async ({ uri, uuid, disks }) => await bin.delete(uri, uuid, disks),
    'bin.list': async () => await bin.list(),
    'bin.restore': async ({ id }) => await bin.restore(id),
    'bin.purge': async ({ id }) => {
      await bin.purge(id);
      await tidyCaptures(engine, bin);
    },
  };
}
