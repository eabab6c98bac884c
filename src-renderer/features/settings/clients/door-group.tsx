import type { DoorState } from '../../../../src-shared/contract/libvirt-clients.ts';
import { t } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { Switch } from '../../../components/inputs.tsx';
import { Group } from '../group.tsx';
import { DoorStateView } from './door-state.tsx';
import { isPort, SettledInput } from './settled-input.tsx';

interface DoorGroupProps {
  /** Whose words it has. */
  readonly kind: 'tls' | 'tcp';
  readonly wanted: { readonly on: boolean; readonly port: number };
  readonly onChange: (some: { readonly on?: boolean; readonly port?: number }) => void;
  /** Where it listens: each has its own choice. */
  readonly address: React.ReactNode;
  readonly door: DoorState | undefined;
  /** The command that comes in by it. */
  readonly line: string;
  /** What else is to be said of it, before and after how it stands. */
  readonly further?: React.ReactNode;
  readonly below?: React.ReactNode;
}

/** A door for libvirt's clients: whether it is open, where, and what comes in by it. */
export function DoorGroup(props: DoorGroupProps): React.JSX.Element {
  const { kind, wanted, onChange, address, door, line, further, below } = props;
  return (
    <Group title={t(`settings:clients.${kind}.title`)}>
      <Switch
        label={t(`settings:clients.${kind}.on`)}
        hint={t(`settings:clients.${kind}.hint`)}
        checked={wanted.on}
        onChange={(on) => onChange({ on })}
      />
      {wanted.on && (
        <>
          {address}
          <Field label={t('settings:clients.port')}>
            <SettledInput
              value={String(wanted.port)}
              isRight={isPort}
              onSettle={(text) => onChange({ port: Number(text) })}
            />
          </Field>
          {further}
          <DoorStateView door={door} line={line} />
          {below}
        </>
      )}
    </Group>
  );
}
