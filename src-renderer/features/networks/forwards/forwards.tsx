import Plus from 'lucide-react/icons/plus';
import Trash from 'lucide-react/icons/trash-2';
import { useState } from 'react';
import {
  forwardProblem,
  forwardText,
  type NetworkForward,
  readForwards,
} from '../../../../src-shared/model/network-forwards.ts';
import type { NetworkLease, NetworkSummary } from '../../../../src-shared/model/network-summary.ts';
import type { Network } from '../../../../src-shared/model/network.ts';
import { engine } from '../../../app/client.ts';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import { Field } from '../../../components/field.tsx';
import { NumberInput, Select, TextInput } from '../../../components/inputs.tsx';
import styles from './forwards.module.css';
import type { NetworkView } from '../use-networks.ts';

interface ForwardsProps {
  readonly view: NetworkView;
  readonly network: NetworkSummary;
  readonly definition: Network;
  readonly leases: readonly NetworkLease[];
}

/** At once where the network runs, and for every later start. */
async function store({ view, network }: ForwardsProps, forwards: readonly NetworkForward[]): Promise<void> {
  await engine.call('networks.set-port-forwards', {
    ...{ uri: view.uri, uuid: network.uuid, live: network.active, config: network.persistent },
    forwards: [...forwards],
  });
  view.reload();
}

/** Ports of the host that lead to guests of this network. */
export function NetworkForwards(props: ForwardsProps): React.JSX.Element | undefined {
  const { definition } = props;
  const mode = definition.forward?.mode;
  if (mode !== 'nat' && mode !== 'route') return undefined;
  const forwards = readForwards(definition);
  return (
    <section aria-labelledby="port-forwards" className={styles.forwards}>
      <h2 id="port-forwards">{t('cable:forwards.title')}</h2>
      {forwards.length > 0 && (
        <DataTable
          label={t('cable:forwards.title')}
          rows={forwards}
          rowKey={forwardText}
          columns={[
            { id: 'protocol', label: t('cable:forwards.protocol'), cell: ({ protocol }) => protocol.toUpperCase() },
            {
              id: 'host',
              label: t('cable:forwards.host'),
              cell: ({ address, hostPort }) => (address === undefined ? hostPort : `${address}, ${hostPort}`),
            },
            { id: 'to', label: t('cable:forwards.guest'), cell: ({ to }) => to },
            { id: 'guestPort', label: t('cable:forwards.guestPort'), cell: ({ guestPort }) => guestPort },
          ]}
          actions={(forward) => (
            <IconButton
              icon={Trash}
              size="small"
              label={t('cable:forwards.remove', { port: forward.hostPort })}
              onClick={() => {
                store(
                  props,
                  forwards.filter((other) => other !== forward),
                ).catch(reportError);
              }}
            />
          )}
        />
      )}
      <Button
        size="small"
        icon={Plus}
        onClick={() => openDialog((close) => <ForwardDialog {...props} forwards={forwards} close={close} />)}
      >
        {t('cable:forwards.add')}
      </Button>
    </section>
  );
}

function ForwardDialog(
  props: ForwardsProps & { readonly forwards: readonly NetworkForward[]; readonly close: () => void },
): React.JSX.Element {
  const { definition, network, leases, forwards, close } = props;
  const [forward, setForward] = useState<NetworkForward>({
    ...{ protocol: 'tcp', hostPort: 8080, guestPort: 80 },
    to: leases[0]?.address ?? '',
  });
  const problem = forwardProblem(definition, forward, forwards);
  const change = (part: Partial<NetworkForward>): void => setForward({ ...forward, ...part });
  const addressProblem =
    problem === undefined || problem === 'twice' ? undefined : t(`cable:forwards.problem.${problem}`);
  return (
    <FormDialog
      title={t('cable:forwards.addTo', { name: network.name })}
      confirm={t('cable:forwards.add')}
      valid={problem === undefined}
      submit={async () => await store(props, [...forwards, forward])}
      close={close}
    >
      <Field label={t('cable:forwards.protocol')}>
        <Select
          value={forward.protocol}
          options={[
            { value: 'tcp', label: 'TCP' },
            { value: 'udp', label: 'UDP' },
          ]}
          onChange={(protocol) => change({ protocol })}
        />
      </Field>
      <Field
        label={t('cable:forwards.hostPort')}
        error={problem === 'twice' ? t('cable:forwards.problem.twice') : undefined}
      >
        <NumberInput value={forward.hostPort} min={1} max={65_535} onChange={(hostPort) => change({ hostPort })} />
      </Field>
      <Field
        label={t('cable:forwards.guest')}
        hint={t('cable:forwards.hint')}
        error={forward.to === '' ? undefined : addressProblem}
      >
        <TextInput mono value={forward.to} maxLength={45} onChange={(to) => change({ to: to.trim() })} />
      </Field>
      <Field label={t('cable:forwards.guestPort')}>
        <NumberInput value={forward.guestPort} min={1} max={65_535} onChange={(guestPort) => change({ guestPort })} />
      </Field>
    </FormDialog>
  );
}
