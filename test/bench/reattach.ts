/** Opens the connection of an engine that is gone and prints when every guest's monitor has answered, in ms. */
import { openQemu } from '../support/qemu-engine.ts';

async function reattach(): Promise<void> {
  const [folders = '', count = ''] = process.argv.slice(2);
  const engine = await openQemu(JSON.parse(folders) as Parameters<typeof openQemu>[0]);
  const running = (await engine.domains.list()).filter((domain) => domain.id !== undefined);
  if (running.length !== Number(count)) throw new Error(`${running.length} of ${count} machines were found again`);
  await Promise.all(running.map(({ uuid }) => engine.domains.monitorCommand(uuid, '{"execute":"query-balloon"}')));
  process.stdout.write(String(Date.now()));
  await engine.leave();
}

reattach().catch((error: unknown) => {
  throw error;
});
