/** An engine of its own process that takes a snapshot, to be killed meanwhile. */
import type { EngineDirectories } from '../../../src-main/engine/context.ts';
import { openQemu } from '../../support/qemu-engine.ts';

const { directories, uuid, name } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly directories: EngineDirectories;
  readonly uuid: string;
  readonly name: string;
};

const engine = await openQemu(directories);
await engine.connection.snapshots?.create?.(uuid, `<domainsnapshot><name>${name}</name></domainsnapshot>`).result;
// Until it is killed.
setInterval(() => undefined, 60_000);
