/** Opens a connection as whoever runs this, and tells what came of it: `open-process URI FOLDER`, an answer as JSON. */
import { join } from 'node:path';
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';

const [text = '', folder = ''] = process.argv.slice(2);

async function open(): Promise<unknown> {
  const uri = parseConnectUri(text);
  if (uri === undefined) throw new Error('the URI is wrong');
  const directories = { config: folder, state: folder, data: folder, runtime: join(folder, 'r'), cache: folder };
  const connection = await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
  const machines = (await connection.domains.list()).map(({ name }) => name);
  await connection.close();
  return { machines };
}

try {
  console.log(JSON.stringify(await open()));
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof VirError ? error.data : String(error) }));
}
process.exit(0);
