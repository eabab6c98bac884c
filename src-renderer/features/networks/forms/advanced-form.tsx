import { parseAddress, parseSubnet } from '../../../../src-shared/model/network-address.ts';
import type { Route } from '../../../../src-shared/model/network-common.ts';
import type { Network } from '../../../../src-shared/model/network.ts';
import { t } from '../../../app/i18n.ts';
import { Disclosure } from '../../../components/disclosure.tsx';
import { Field } from '../../../components/field.tsx';
import { Checkbox, NumberInput, TextInput } from '../../../components/inputs.tsx';
import { having } from '../../machine/edit/domain-edit.ts';
import { hasOwnBridge, modeOf, setBridge, setNat, setRoutes } from '../edit/network-edit.ts';
import type { FormProps } from './form-props.ts';
import { Rows } from './rows.tsx';
import { Typed } from './typed.tsx';

/** Routes, the bridge's own settings, limits: what most networks leave as it is. */
export function AdvancedForm({ network, edit }: FormProps): React.JSX.Element {
  const ownBridge = hasOwnBridge(modeOf(network));
  return (
    <>
      {network.forward?.mode === 'nat' && (
        <Disclosure title={t('networks:form.nat')}>
          <Nat network={network} edit={edit} />
        </Disclosure>
      )}
      {ownBridge && (
        <Disclosure
          title={t('networks:form.routes')}
          detail={t('networks:route.count', { count: network.route.length })}
        >
          <Routes network={network} edit={edit} />
        </Disclosure>
      )}
      <Disclosure title={t('networks:form.bridge')} detail={network.bridge?.name ?? t('networks:field.bridgeChosen')}>
        {ownBridge && <BridgeFields network={network} edit={edit} />}
        <Checkbox
          label={t('networks:field.isolatedPorts')}
          hint={t('networks:field.isolatedPortsHint')}
          checked={network.port?.isolated === true}
          onChange={(on) => edit((now) => having(now, { port: on ? { isolated: true } : undefined }))}
        />
        <Limits network={network} edit={edit} />
      </Disclosure>
    </>
  );
}

/** What upstream translates to when nothing is said. */
const natPorts = { start: '1024', end: '65535' } as const;
const readPort = (text: string): string | undefined => {
  const port = Number(text);
  return /^\d+$/.test(text.trim()) && port >= 1 && port <= 65_535 ? String(port) : undefined;
};

function Nat({ network, edit }: FormProps): React.JSX.Element {
  const { port, ipv6, address } = network.forward?.nat ?? {};
  const setPort = (change: Partial<Record<'start' | 'end', string>>): void =>
    edit((now) => setNat(now, { port: { ...natPorts, ...now.forward?.nat?.port, ...change } }));
  const noPort = (): void => edit((now) => setNat(now, { port: undefined }));
  return (
    <>
      <Checkbox
        label={t('networks:nat.ipv6')}
        hint={t('networks:nat.ipv6Hint')}
        checked={ipv6 === true}
        onChange={(on) => edit((now) => setNat(now, { ipv6: on ? true : undefined }))}
      />
      <Typed
        label={t('networks:nat.firstPort')}
        value={port?.start ?? ''}
        placeholder={natPorts.start}
        read={readPort}
        wrong={t('networks:nat.portWrong')}
        onEmpty={noPort}
        onChange={(start) => setPort({ start })}
      />
      <Typed
        label={t('networks:nat.lastPort')}
        hint={t('networks:nat.portHint')}
        value={port?.end ?? ''}
        placeholder={natPorts.end}
        read={readPort}
        wrong={t('networks:nat.portWrong')}
        onEmpty={noPort}
        onChange={(end) => setPort({ end })}
      />
      <Typed
        label={t('networks:nat.address')}
        hint={t('networks:nat.addressHint')}
        value={address?.start ?? ''}
        read={(text) => (parseAddress(text.trim()) === undefined ? undefined : text.trim())}
        wrong={t('networks:nat.addressWrong')}
        onEmpty={() => edit((now) => setNat(now, { address: undefined }))}
        onChange={(start) => edit((now) => setNat(now, { address: { start } }))}
      />
    </>
  );
}

const targetOf = ({ address, prefix, netmask }: Route): string =>
  prefix === undefined ? (netmask === undefined ? address : `${address}/${netmask}`) : `${address}/${prefix}`;

/** `10.0.0.0/8`; half typed it is kept as an address, and the checks say what is missing. */
function withTarget(route: Route, text: string): Route {
  const subnet = parseSubnet(text);
  const [address = '', prefix] = text.trim().split('/');
  const length = prefix === undefined || !/^\d+$/.test(prefix) ? undefined : Number(prefix);
  return having(route, {
    address,
    netmask: undefined,
    prefix: length,
    family: (subnet ?? parseAddress(address))?.family === 'ipv6' ? 'ipv6' : undefined,
  });
}

function Routes({ network, edit }: FormProps): React.JSX.Element {
  return (
    <Rows<Route>
      legend={t('networks:route.legend')}
      hint={t('networks:route.hint')}
      items={network.route}
      heads={[t('networks:route.target'), t('networks:route.gateway'), t('networks:route.metric')]}
      nameOf={targetOf}
      row={(route, set) => (
        <>
          <TextInput
            mono
            aria-label={t('networks:route.target')}
            value={targetOf(route)}
            onChange={(text) => set(withTarget(route, text))}
          />
          <TextInput
            mono
            aria-label={t('networks:route.gateway')}
            value={route.gateway}
            onChange={(gateway) => set({ ...route, gateway: gateway.trim() })}
          />
          <NumberInput
            aria-label={t('networks:route.metric')}
            value={route.metric ?? 0}
            onChange={(metric) => set(having(route, { metric: metric === 0 ? undefined : metric }))}
          />
        </>
      )}
      addLabel={t('networks:route.add')}
      make={() => ({ address: '10.0.0.0', prefix: 8, gateway: '' })}
      onChange={(routes) => edit((now) => setRoutes(now, routes))}
    />
  );
}

const smallestMtu = 68;
const readMtu = (text: string): number | undefined => {
  const size = Number(text);
  return /^\d+$/.test(text.trim()) && size >= smallestMtu && size <= 65_535 ? size : undefined;
};
const readMac = (text: string): string | undefined =>
  /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/i.test(text.trim()) ? text.trim().toLowerCase() : undefined;

function BridgeFields({ network, edit }: FormProps): React.JSX.Element {
  const { bridge } = network;
  return (
    <>
      <Field label={t('networks:field.bridge')} hint={t('networks:field.bridgeHint')}>
        <TextInput
          mono
          value={bridge?.name ?? ''}
          placeholder="virbr0"
          maxLength={15}
          onChange={(name) => edit((now) => setBridge(now, { name: name.trim() === '' ? undefined : name.trim() }))}
        />
      </Field>
      <Field label={t('networks:field.zone')} hint={t('networks:field.zoneHint')}>
        <TextInput
          value={bridge?.zone ?? ''}
          maxLength={64}
          onChange={(zone) => edit((now) => setBridge(now, { zone: zone.trim() === '' ? undefined : zone.trim() }))}
        />
      </Field>
      <Typed
        label={t('networks:field.mtu')}
        hint={t('networks:field.mtuHint')}
        value={network.mtu === undefined ? '' : String(network.mtu.size)}
        placeholder="1500"
        read={readMtu}
        wrong={t('networks:field.mtuWrong')}
        onEmpty={() => edit((now) => having(now, { mtu: undefined }))}
        onChange={(size) => edit((now) => ({ ...now, mtu: { size } }))}
      />
      <Typed
        label={t('networks:field.mac')}
        hint={t('networks:field.macHint')}
        value={network.mac?.address ?? ''}
        read={readMac}
        wrong={t('networks:field.macWrong')}
        onEmpty={() => edit((now) => having(now, { mac: undefined }))}
        onChange={(address) => edit((now) => ({ ...now, mac: { address } }))}
      />
      <Checkbox
        label={t('networks:field.stp')}
        hint={t('networks:field.stpHint')}
        checked={bridge?.stp !== false}
        onChange={(on) => edit((now) => setBridge(now, { stp: on ? undefined : false }))}
      />
    </>
  );
}

type Direction = 'inbound' | 'outbound';

/** Whole networks are limited in KiB a second. */
function Limits({ network, edit }: FormProps): React.JSX.Element | undefined {
  const mode = modeOf(network);
  if (!hasOwnBridge(mode) && mode !== 'bridge') return undefined;
  const set = (direction: Direction, average: number): void => edit((now) => withLimit(now, direction, average));
  return (
    <>
      {(['inbound', 'outbound'] as const).map((direction) => (
        <Field
          key={direction}
          label={t(`networks:field.${direction}`)}
          hint={direction === 'outbound' ? t('networks:field.limitHint') : undefined}
        >
          <NumberInput
            value={network.bandwidth?.[direction]?.average ?? 0}
            unit="KiB/s"
            max={4_000_000}
            onChange={(average) => set(direction, average)}
          />
        </Field>
      ))}
    </>
  );
}

/** None is no limit; a peak below the average would be nonsense. */
function withLimit(network: Network, direction: Direction, average: number): Network {
  const before = network.bandwidth ?? {};
  const former = before[direction];
  const peak = former?.peak !== undefined && former.peak >= average ? former.peak : undefined;
  const limit = average === 0 ? undefined : having({ ...former, average }, { peak });
  const bandwidth = having(before, { [direction]: limit });
  return having(network, { bandwidth: Object.keys(bandwidth).length === 0 ? undefined : bandwidth });
}
