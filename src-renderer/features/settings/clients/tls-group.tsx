import type { DoorState } from '../../../../src-shared/contract/libvirt-clients.ts';
import { t } from '../../../app/i18n.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Field } from '../../../components/field.tsx';
import { Switch } from '../../../components/inputs.tsx';
import { change } from '../change.ts';
import { Certificates } from './certificates.tsx';
import { DoorGroup } from './door-group.tsx';
import { SettledInput } from './settled-input.tsx';

/** An address or a host's name; the engine says what is wrong with one that can't be listened on. */
const isAddress = (text: string): boolean => /^[0-9A-Za-z.:%_-]{1,255}$/.test(text);

/** TLS: for clients of other hosts, which show a certificate. */
export function TlsGroup({ door }: { door: DoorState | undefined }): React.JSX.Element {
  const wanted = useSettings((state) => state.listenTls);
  const own = useInventory((state) => [...state.connections.values()].find((each) => each.own)?.hostname);
  const set = (some: Partial<typeof wanted>): void => change({ listenTls: { ...wanted, ...some } });
  const host = own ?? 'HOST';
  return (
    <DoorGroup
      kind="tls"
      wanted={wanted}
      onChange={set}
      door={door}
      line={`virsh -c 'qemu+tls://${host}:${wanted.port}/session' list --all`}
      address={
        <Field label={t('settings:clients.address')} hint={t('settings:clients.tls.addressHint')}>
          <SettledInput value={wanted.address} isRight={isAddress} onSettle={(address) => set({ address })} />
        </Field>
      }
      further={
        <Switch
          label={t('settings:clients.tls.passwords')}
          hint={t('settings:clients.tls.passwordsHint')}
          checked={wanted.passwords}
          onChange={(passwords) => set({ passwords })}
        />
      }
      below={<Certificates hostname={host} />}
    />
  );
}
