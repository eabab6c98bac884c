import type { DoorState } from '../../../../src-shared/contract/libvirt-clients.ts';
import { t } from '../../../app/i18n.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Field } from '../../../components/field.tsx';
import { Switch } from '../../../components/inputs.tsx';
import { change } from '../change.ts';
import { Group } from '../group.tsx';
import { Certificates } from './certificates.tsx';
import { DoorStateView } from './door-state.tsx';
import { isPort, SettledInput } from './settled-input.tsx';

/** An address or a host's name; the engine says what is wrong with one that can't be listened on. */
const isAddress = (text: string): boolean => /^[0-9A-Za-z.:%_-]{1,255}$/.test(text);

/** TLS: for clients of other hosts, which show a certificate. */
export function TlsGroup({ door }: { door: DoorState | undefined }): React.JSX.Element {
  const wanted = useSettings((state) => state.listenTls);
  const own = useInventory((state) => [...state.connections.values()].find((each) => each.own)?.hostname);
  const set = (some: Partial<typeof wanted>): void => change({ listenTls: { ...wanted, ...some } });
  const host = own ?? 'HOST';
  return (
    <Group title={t('settings:clients.tls.title')}>
      <Switch
        label={t('settings:clients.tls.on')}
        hint={t('settings:clients.tls.hint')}
        checked={wanted.on}
        onChange={(on) => set({ on })}
      />
      {wanted.on && (
        <>
          <Field label={t('settings:clients.address')} hint={t('settings:clients.tls.addressHint')}>
            <SettledInput value={wanted.address} isRight={isAddress} onSettle={(address) => set({ address })} />
          </Field>
          <Field label={t('settings:clients.port')}>
            <SettledInput
              value={String(wanted.port)}
              isRight={isPort}
              onSettle={(text) => set({ port: Number(text) })}
            />
          </Field>
          <Switch
            label={t('settings:clients.tls.passwords')}
            hint={t('settings:clients.tls.passwordsHint')}
            checked={wanted.passwords}
            onChange={(passwords) => set({ passwords })}
          />
          <DoorStateView door={door} line={`virsh -c 'qemu+tls://${host}:${wanted.port}/session' list --all`} />
          <Certificates hostname={host} />
        </>
      )}
    </Group>
  );
}
