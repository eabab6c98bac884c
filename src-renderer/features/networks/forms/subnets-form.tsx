import Plus from 'lucide-react/icons/plus';
import Trash from 'lucide-react/icons/trash-2';
import { formatAddress, type IpFamily } from '../../../../src-shared/model/network-address.ts';
import { subnetOf } from '../../../../src-shared/model/network-subnet.ts';
import type { DhcpHost, DhcpRange, NetworkIp } from '../../../../src-shared/model/network.ts';
import { t } from '../../../app/i18n.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { Disclosure } from '../../../components/disclosure.tsx';
import { Field } from '../../../components/field.tsx';
import { Checkbox, NumberInput, TextInput } from '../../../components/inputs.tsx';
import { MenuButton } from '../../../components/menu-button.tsx';
import { having } from '../../machine/edit/domain-edit.ts';
import {
  addSubnet,
  changeDhcp,
  leaseMinutesOf,
  networkBootOf,
  removeSubnet,
  setDhcp,
  setLeaseMinutes,
  setNetworkBoot,
  setSubnet,
} from '../edit/network-edit.ts';
import { factsOf, freeAddress, freeSubnet, readSubnet, uniqueLocalSubnet, wholeRange } from '../edit/subnets.ts';
import type { FormProps } from './form-props.ts';
import styles from './forms.module.css';
import { Rows } from './rows.tsx';
import { Typed } from './typed.tsx';

/** A card of a machine that an address can be reserved for. */
export interface Reservable {
  readonly mac: string;
  readonly name: string;
  /** What it has now. */
  readonly address?: string;
}

export interface SubnetsFormProps extends FormProps {
  /** Addresses of the host and of other networks. */
  readonly taken: readonly string[];
  readonly reservable: readonly Reservable[];
}

/** The network's subnets: their sizes computed, their addresses handed out. */
export function SubnetsForm(props: SubnetsFormProps): React.JSX.Element {
  const { network, edit, taken } = props;
  const add = (family: IpFamily): void => {
    const own = network.ip.flatMap((ip) => factsOf(ip)?.subnet ?? []);
    const subnet =
      family === 'ipv4'
        ? freeSubnet([...taken, ...own])
        : uniqueLocalSubnet(window.crypto.getRandomValues(new Uint8Array(5)));
    if (subnet !== undefined) edit((now) => addSubnet(now, subnet));
  };
  return (
    <section className={styles.section} aria-labelledby="subnets">
      <h2 id="subnets">{t('networks:form.subnets')}</h2>
      {network.ip.length === 0 && <p className={styles.hint}>{t('networks:subnet.none')}</p>}
      {network.ip.map((ip, index) => (
        <SubnetCard key={index} {...props} ip={ip} index={index} />
      ))}
      <div className={styles.buttons}>
        <Button size="small" icon={Plus} onClick={() => add('ipv4')}>
          {t('networks:subnet.addIpv4')}
        </Button>
        <Button size="small" icon={Plus} onClick={() => add('ipv6')}>
          {t('networks:subnet.addIpv6')}
        </Button>
      </div>
    </section>
  );
}

function SubnetCard(props: SubnetsFormProps & { ip: NetworkIp; index: number }): React.JSX.Element {
  const { network, edit, ip, index } = props;
  const facts = factsOf(ip);
  const subnet = subnetOf(ip);
  const family = facts?.family ?? ip.family ?? 'ipv4';
  const other = network.ip.some(
    (each, place) => place !== index && each.dhcp !== undefined && factsOf(each)?.family === family,
  );
  const title = t(family === 'ipv6' ? 'networks:subnet.ipv6' : 'networks:subnet.ipv4');
  return (
    <div role="group" aria-label={`${title} ${index + 1}`} className={styles.subnet}>
      <div className={styles.subnetHead}>
        <h3>{title}</h3>
        <IconButton
          size="small"
          icon={Trash}
          label={t('networks:subnet.remove', { subnet: facts?.subnet ?? title })}
          onClick={() => edit((now) => removeSubnet(now, index))}
        />
      </div>
      <Typed
        label={t('networks:subnet.label')}
        value={subnet === undefined ? (ip.address ?? '') : `${formatAddress(subnet)}/${subnet.prefix}`}
        read={readSubnet}
        wrong={t('networks:subnet.wrong')}
        placeholder={family === 'ipv6' ? 'fd00:1234::/64' : '192.168.122.0/24'}
        hint={
          facts === undefined ? undefined : (
            <span className={styles.maths}>
              {t('networks:subnet.maths', { address: facts.hostAddress, first: facts.first, last: facts.last })}{' '}
              {facts.guests === undefined
                ? t('networks:subnet.plenty')
                : t('networks:subnet.guests', { count: facts.guests })}
              {facts.netmask !== undefined && ` ${t('networks:subnet.netmask', { mask: facts.netmask })}`}
            </span>
          )
        }
        onChange={(next) => edit((now) => setSubnet(now, index, next))}
      />
      <Checkbox
        label={t('networks:dhcp.on')}
        hint={other ? t('networks:dhcp.other') : t('networks:dhcp.hint')}
        checked={ip.dhcp !== undefined}
        disabled={other && ip.dhcp === undefined}
        onChange={(on) => edit((now) => setDhcp(now, index, on))}
      />
      {ip.dhcp !== undefined && <DhcpRows {...props} dhcp={ip.dhcp} family={family} />}
    </div>
  );
}

function DhcpRows(
  props: SubnetsFormProps & {
    ip: NetworkIp;
    index: number;
    dhcp: NonNullable<NetworkIp['dhcp']>;
    family: IpFamily;
  },
): React.JSX.Element {
  const { edit, ip, index, dhcp, family, reservable } = props;
  const subnet = subnetOf(ip);
  const isSix = family === 'ipv6';
  const known = new Set(dhcp.host.map(({ mac }) => mac?.toLowerCase()));
  const open = isSix ? [] : reservable.filter(({ mac }) => !known.has(mac.toLowerCase()));
  const setHosts = (host: readonly DhcpHost[]): void => edit((now) => changeDhcp(now, index, { host: [...host] }));
  const identity = isSix ? 'id' : 'mac';
  const identityWord = t(isSix ? 'networks:dhcp.duid' : 'networks:lease.mac');
  return (
    <>
      <Rows<DhcpRange>
        legend={t('networks:dhcp.ranges')}
        items={dhcp.range}
        heads={[t('networks:dhcp.start'), t('networks:dhcp.end')]}
        nameOf={({ start }) => start}
        row={(range, set) => (
          <>
            <TextInput
              mono
              aria-label={t('networks:dhcp.start')}
              value={range.start}
              onChange={(start) => set({ ...range, start: start.trim() })}
            />
            <TextInput
              mono
              aria-label={t('networks:dhcp.end')}
              value={range.end}
              onChange={(end) => set({ ...range, end: end.trim() })}
            />
          </>
        )}
        addLabel={t('networks:dhcp.addRange')}
        make={() => (subnet === undefined ? undefined : wholeRange(subnet))}
        onChange={(range) => edit((now) => changeDhcp(now, index, { range }))}
      />
      <Rows<DhcpHost>
        legend={t('networks:dhcp.reservations')}
        hint={t(isSix ? 'networks:dhcp.reservationsHint6' : 'networks:dhcp.reservationsHint')}
        items={dhcp.host}
        heads={[identityWord, t('networks:lease.name'), t('networks:lease.address')]}
        nameOf={(host, place) => host.name ?? host[identity] ?? String(place + 1)}
        row={(host, set) => (
          <>
            <TextInput
              mono
              aria-label={identityWord}
              value={host[identity] ?? ''}
              onChange={(text) => set(having(host, { [identity]: text.trim() === '' ? undefined : text.trim() }))}
            />
            <TextInput
              aria-label={t('networks:lease.name')}
              value={host.name ?? ''}
              onChange={(text) => set(having(host, { name: text.trim() === '' ? undefined : text.trim() }))}
            />
            <TextInput
              mono
              aria-label={t('networks:lease.address')}
              value={host.ip ?? ''}
              onChange={(text) => set(having(host, { ip: text.trim() === '' ? undefined : text.trim() }))}
            />
          </>
        )}
        addLabel={t('networks:dhcp.addReservation')}
        make={() => {
          const address = freeAddress(ip);
          return address === undefined ? {} : { ip: address };
        }}
        onChange={setHosts}
      >
        {open.length > 0 && (
          <MenuButton
            size="small"
            sections={() => [
              {
                id: 'machines',
                items: open.map(({ mac, name, address }) => ({
                  id: mac,
                  label: `${name} · ${mac}`,
                  run: () => {
                    const free = address ?? freeAddress(ip);
                    setHosts([...dhcp.host, { mac, name, ...(free === undefined ? {} : { ip: free }) }]);
                  },
                })),
              },
            ]}
          >
            {t('networks:dhcp.fromMachine')}
          </MenuButton>
        )}
      </Rows>
      <Disclosure title={t('networks:dhcp.more')}>
        <MoreDhcp edit={edit} ip={ip} index={index} />
      </Disclosure>
    </>
  );
}

/** A year; longer is for ever, which the XML can say. */
const longestLeaseMinutes = 525_600;

function MoreDhcp(props: { edit: FormProps['edit']; ip: NetworkIp; index: number }): React.JSX.Element {
  const { edit, ip, index } = props;
  const boot = networkBootOf(ip);
  return (
    <>
      <Field label={t('networks:dhcp.leaseTime')} hint={t('networks:dhcp.leaseTimeHint')}>
        <NumberInput
          value={leaseMinutesOf(ip)}
          unit={t('networks:dhcp.minutes')}
          max={longestLeaseMinutes}
          onChange={(minutes) => edit((now) => setLeaseMinutes(now, index, minutes))}
        />
      </Field>
      <Field label={t('networks:boot.file')} hint={t('networks:boot.fileHint')}>
        <TextInput
          mono
          value={boot.file}
          placeholder="pxelinux.0"
          onChange={(file) => edit((now) => setNetworkBoot(now, index, { file: file.trim() }))}
        />
      </Field>
      <Field label={t('networks:boot.server')} hint={t('networks:boot.serverHint')}>
        <TextInput
          mono
          value={boot.server}
          disabled={boot.file === ''}
          onChange={(server) => edit((now) => setNetworkBoot(now, index, { server: server.trim() }))}
        />
      </Field>
      <Field label={t('networks:boot.tftp')} hint={t('networks:boot.tftpHint')}>
        <TextInput
          mono
          value={boot.tftpRoot}
          placeholder="/srv/tftp"
          onChange={(tftpRoot) => edit((now) => setNetworkBoot(now, index, { tftpRoot: tftpRoot.trim() }))}
        />
      </Field>
    </>
  );
}
