import Network from 'lucide-react/icons/network';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import { formatNetwork } from '../../../src-shared/model/network.ts';
import { engine } from '../../app/client.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { go, paths } from '../../app/routes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { freeName, newNetwork } from './edit/network-edit.ts';
import { freeSubnet } from './edit/subnets.ts';
import { openHostDialog } from './host-dialog.tsx';
import { takenAddresses } from './machines-of.ts';
import type { NetworkView } from './use-networks.ts';

/** What a network is for, and the usual one by a click: stored at once, started when its sentences were read. */
export function FirstNetwork({ view }: { view: NetworkView }): React.JSX.Element {
  const { uri, networks = [], devices, reload } = view;
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    const name = freeName(networks.map((each) => each.name));
    const network = newNetwork(name, freeSubnet(takenAddresses(networks, devices)));
    const made = await engine.call('networks.define', { uri, xml: formatNetwork(network), author: 'window' });
    await engine.call('networks.set-autostart', { uri, uuid: made.uuid, autostart: true });
    reload();
    openHostDialog(uri, made, 'start');
  };
  return (
    <EmptyState icon={Network} title={t('networks:empty.title')} text={t('networks:empty.text')}>
      <Button
        variant="primary"
        busy={busy}
        disabled={busy}
        onClick={() => {
          setBusy(true);
          make()
            .catch(reportError)
            .finally(() => setBusy(false));
        }}
      >
        {t('networks:empty.default')}
      </Button>
      <Button icon={Plus} onClick={() => go(paths.network('new'))}>
        {t('networks:new.other')}
      </Button>
    </EmptyState>
  );
}
