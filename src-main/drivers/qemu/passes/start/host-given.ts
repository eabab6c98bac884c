import { unsupported } from '../errors.ts';
import type { StartPass } from './types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** What only the host can say: the number of a vsock, the numbers of memory encryption. */
export const takeFromHost: StartPass = (domain, { run }) => {
  const { vsock } = domain.devices;
  if (vsock?.cid?.auto === true) {
    const address = run.allocateVsockCid?.();
    if (address === undefined) throw unsupported(say`<vsock><cid auto='yes'/> needs a privileged connection.`);
    vsock.cid.address = address;
  }
  const security = domain.launchSecurity;
  if (security?.type !== 'sev') return;
  const cbitpos = security.cbitpos ?? run.sev?.cbitpos;
  const reducedPhysBits = security.reducedPhysBits ?? run.sev?.reducedPhysBits;
  if (cbitpos === undefined || reducedPhysBits === undefined) {
    throw unsupported(
      say`<launchSecurity> without <cbitpos> and <reducedPhysBits> needs a host that can encrypt memory.`,
    );
  }
  Object.assign(security, { cbitpos, reducedPhysBits });
};
