import type { DoorState } from '../../../../src-shared/contract/libvirt-clients.ts';
import { t } from '../../../app/i18n.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Field } from '../../../components/field.tsx';
import { Select, Switch } from '../../../components/inputs.tsx';
import { change } from '../change.ts';
import { Group } from '../group.tsx';
import { DoorStateView } from './door-state.tsx';
import { isPort, SettledInput } from './settled-input.tsx';

const addresses = ['127.0.0.1', '::1'] as const;

/** TCP on loopback: for programs of this host that can't use a socket of the file system. */
export function TcpGroup({ door }: { door: DoorState | undefined }): React.JSX.Element {
  const wanted = useSettings((state) => state.listenTcp);
  const set = (some: Partial<typeof wanted>): void => change({ listenTcp: { ...wanted, ...some } });
  const host = wanted.address.includes(':') ? `[${wanted.address}]` : wanted.address;
  return (
    <Group title={t('settings:clients.tcp.title')}>
      <Switch
        label={t('settings:clients.tcp.on')}
        hint={t('settings:clients.tcp.hint')}
        checked={wanted.on}
        onChange={(on) => set({ on })}
      />
      {wanted.on && (
        <>
          <Field label={t('settings:clients.address')}>
            <Select
              value={addresses.find((each) => each === wanted.address) ?? '127.0.0.1'}
              options={addresses.map((value) => ({ value, label: value }))}
              onChange={(address) => set({ address })}
            />
          </Field>
          <Field label={t('settings:clients.port')}>
            <SettledInput
              value={String(wanted.port)}
              isRight={isPort}
              onSettle={(text) => set({ port: Number(text) })}
            />
          </Field>
          <DoorStateView door={door} line={`virsh -c 'qemu+tcp://${host}:${wanted.port}/session' list --all`} />
        </>
      )}
    </Group>
  );
}
