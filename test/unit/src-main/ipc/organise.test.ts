/** Names, folders and tags given to a running machine are there at its next start too. */
import { expect, test } from 'vitest';
import { privateEngine } from '../../../../src-main/compose.ts';

const uri = 'test:///default';
const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';

test('titles, folders and tags of a running machine outlive its run', async () => {
  const { client, close } = await privateEngine();
  try {
    await client.call('domains.set-title', { uri, uuid, title: 'Shop', description: 'Sells things.' });
    await client.call('domains.organise', { uri, uuids: [uuid], folder: 'lab/web', addTags: ['a', 'b'] });
    await client.call('domains.organise', { uri, uuids: [uuid], addTags: ['c'], removeTags: ['a'] });
    const expected = { title: 'Shop', folder: 'lab/web', tags: ['b', 'c'], pendingChanges: false };
    expect(await client.call('domains.lookup', { uri, text: 'test' })).toMatchObject({ ...expected, state: 'running' });
    await client.call('domains.destroy', { uri, uuid });
    expect(await client.call('domains.lookup', { uri, text: 'test' })).toMatchObject({ ...expected, state: 'shutoff' });
    expect(await client.call('domains.xml', { uri, uuid })).toContain('<description>Sells things.</description>');
  } finally {
    await close();
  }
});
