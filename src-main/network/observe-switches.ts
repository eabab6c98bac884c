/** What the host's bridges can do: which tell VLANs apart, and which are Open vSwitch's. */
import { existsSync, readdirSync } from 'node:fs';
import { readIfThere } from '../host/files.ts';
import { run } from '../host/process.ts';

export interface SwitchFacts {
  /** Bridges of Linux that could tell VLANs apart, and whether they do. */
  readonly bridgeVlans: Readonly<Record<string, boolean>>;
  /** How many virtual functions (SR-IOV) cards have, of those that can have some. */
  readonly functions?: Readonly<Record<string, number>>;
  /** Bridges of Open vSwitch; absent where it does not run. */
  readonly switchBridges?: readonly string[];
}

/** Where its database listens. */
export const switchSocket = '/run/openvswitch/db.sock';

export async function observeSwitches(): Promise<SwitchFacts> {
  const folder = '/sys/class/net';
  const links = existsSync(folder) ? readdirSync(folder) : [];
  const functions = Object.fromEntries(
    links.flatMap((link) => {
      const value = readIfThere(`${folder}/${link}/device/sriov_numvfs`)?.trim();
      return value === undefined ? [] : [[link, Number(value)] as const];
    }),
  );
  const bridgeVlans = Object.fromEntries(
    links.flatMap((link) => {
      const value = readIfThere(`${folder}/${link}/bridge/vlan_filtering`)?.trim();
      return value === undefined ? [] : [[link, value === '1'] as const];
    }),
  );
  if (!existsSync(switchSocket)) return { bridgeVlans, functions };
  // Who may not ask it learns it from whoever changes it for them.
  const { stdout, exitCode } = await run(['ovs-vsctl', '--timeout=5', 'list-br'], { acceptCodes: [0, 1] }).catch(
    () => ({ stdout: '', exitCode: 1 }),
  );
  if (exitCode !== 0) return { bridgeVlans, functions };
  return { bridgeVlans, functions, switchBridges: stdout.split('\n').filter((line) => line !== '') };
}
