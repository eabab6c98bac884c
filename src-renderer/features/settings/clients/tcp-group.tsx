import type { DoorState } from '../../../../src-shared/contract/libvirt-clients.ts';
import { t } from '../../../app/i18n.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Field } from '../../../components/field.tsx';
import { Select } from '../../../components/inputs.tsx';
import { change } from '../change.ts';
import { DoorGroup } from './door-group.tsx';

const addresses = ['127.0.0.1', '::1'] as const;

/** TCP on loopback: for programs of this host that can't use a socket of the file system. */
export function TcpGroup({ door }: { door: DoorState | undefined }): React.JSX.Element {
  const wanted = useSettings((state) => state.listenTcp);
  const set = (some: Partial<typeof wanted>): void => change({ listenTcp: { ...wanted, ...some } });
  const host = wanted.address.includes(':') ? `[${wanted.address}]` : wanted.address;
  return (
    <DoorGroup
      kind="tcp"
      wanted={wanted}
      onChange={set}
      door={door}
      line={`virsh -c 'qemu+tcp://${host}:${wanted.port}/session' list --all`}
      address={
        <Field label={t('settings:clients.address')}>
          <Select
            value={addresses.find((each) => each === wanted.address) ?? '127.0.0.1'}
            options={addresses.map((value) => ({ value, label: value }))}
            onChange={(address) => set({ address })}
          />
        </Field>
      }
    />
  );
}
