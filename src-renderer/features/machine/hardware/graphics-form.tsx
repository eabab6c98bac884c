import type { Domain, Graphics } from '../../../../src-shared/model/domain/index.ts';
import { t } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { NumberInput, TextInput } from '../../../components/inputs.tsx';
import { having, replaceDevice } from '../edit/domain-edit.ts';
import { graphicsTypes, newGraphics } from '../edit/new-devices.ts';
import { Choice } from './choice.tsx';
import type { Edit } from './item.ts';

type Server = Extract<Graphics, { type: 'vnc' | 'spice' }>;

const isServer = (display: Graphics): display is Server => display.type === 'vnc' || display.type === 'spice';
/** Where QEMU's displays begin. */
const firstPort = 5900;

function reachOf(display: Server): 'socket' | 'local' | 'everyone' | 'none' {
  const [listen] = display.listens;
  switch (listen?.type) {
    case 'socket':
    case 'none':
      return listen.type;
    case 'network':
      return 'everyone';
    case 'address':
    case undefined: {
      const address = (listen?.address ?? display.listen) || '127.0.0.1';
      return address === '127.0.0.1' || address === '::1' || address === 'localhost' ? 'local' : 'everyone';
    }
  }
}

function withReach(display: Server, reach: 'socket' | 'local' | 'everyone'): Graphics {
  const { listen: _listen, port: _port, autoport: _autoport, ...rest } = display;
  if ('socket' in rest) delete rest.socket;
  if (reach === 'socket') return { ...rest, listens: [{ type: 'socket' }] };
  const address = reach === 'local' ? '127.0.0.1' : '0.0.0.0';
  return { ...rest, autoport: true, listens: [{ type: 'address', address }] };
}

export function GraphicsForm(props: { domain: Domain; index: number; edit: Edit }): React.JSX.Element | undefined {
  const { domain, index, edit } = props;
  const display = domain.devices?.graphics[index];
  if (display === undefined || !isServer(display)) return undefined;
  const change = (make: (server: Server) => Graphics): void =>
    edit((now) => replaceDevice(now, 'graphics', index, (each) => (isServer(each) ? make(each) : each)));
  const reach = reachOf(display);
  const fixedPort = display.port !== undefined && display.port > 0 && display.autoport !== true;
  return (
    <>
      <Choice
        label={t('create:display.graphics')}
        value={display.type}
        values={graphicsTypes}
        names="create:graphics"
        onChange={(type) => {
          if (type !== display.type) change(() => newGraphics(type));
        }}
      />
      <Choice
        label={t('machine:graphics.reach')}
        hint={reach === 'everyone' ? t('machine:graphics.everyoneHint') : undefined}
        value={reach}
        values={['socket', 'local', 'everyone'] as const}
        names="machine:reach"
        onChange={(next) => change((server) => withReach(server, next))}
      />
      {(reach === 'local' || reach === 'everyone') && (
        <>
          <Choice
            label={t('machine:graphics.port')}
            value={fixedPort ? 'fixed' : 'auto'}
            values={['auto', 'fixed'] as const}
            names="machine:port"
            onChange={(kind) =>
              change((server) =>
                having(
                  server,
                  kind === 'auto' ? { port: undefined, autoport: true } : { port: firstPort, autoport: false },
                ),
              )
            }
          />
          {fixedPort && (
            <Field label={t('machine:graphics.portNumber')}>
              <NumberInput
                value={display.port ?? firstPort}
                min={firstPort}
                max={65_535}
                onChange={(port) => change((server) => ({ ...server, port }))}
              />
            </Field>
          )}
          <Field label={t('machine:graphics.password')} hint={t('machine:graphics.passwordHint')}>
            <TextInput
              type="password"
              value={display.passwd ?? ''}
              maxLength={64}
              placeholder={t('machine:graphics.unchanged')}
              onChange={(passwd) => change((server) => having(server, { passwd: passwd === '' ? undefined : passwd }))}
            />
          </Field>
        </>
      )}
    </>
  );
}
