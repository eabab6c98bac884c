import { wantsHostNames, withHostNames } from '../../../../src-shared/model/network-host-names.ts';
import type { NetworkDns } from '../../../../src-shared/model/network.ts';
import { t } from '../../../app/i18n.ts';
import { Disclosure } from '../../../components/disclosure.tsx';
import { Field } from '../../../components/field.tsx';
import { Checkbox, NumberInput, TextInput } from '../../../components/inputs.tsx';
import { having } from '../../machine/edit/domain-edit.ts';
import { dnsOf, setDns, setDomain } from '../edit/network-edit.ts';
import type { FormProps } from './form-props.ts';
import styles from './forms.module.css';
import { Rows } from './rows.tsx';

type Forwarder = NetworkDns['forwarder'][number];
type HostRecord = NetworkDns['host'][number];
type Txt = NetworkDns['txt'][number];
type Srv = NetworkDns['srv'][number];

const orNothing = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** Which names guests have, and which names the network answers. */
export function DnsForm({ network, edit }: FormProps): React.JSX.Element {
  const dns = dnsOf(network);
  const answers = dns.enable !== false;
  return (
    <section className={styles.section} aria-labelledby="names">
      <h2 id="names">{t('networks:form.dns')}</h2>
      <Field label={t('networks:field.domain')} hint={t('networks:field.domainHint')}>
        <TextInput
          value={network.domain?.name ?? ''}
          placeholder="lab.example"
          maxLength={253}
          onChange={(name) => edit((now) => setDomain(now, { name: name.trim() }))}
        />
      </Field>
      {network.domain !== undefined && (
        <Checkbox
          label={t('networks:dns.localOnly')}
          hint={t('networks:dns.localOnlyHint')}
          checked={network.domain.localOnly === true}
          onChange={(on) => edit((now) => setDomain(now, { localOnly: on }))}
        />
      )}
      {network.domain !== undefined && (
        <Checkbox
          label={t('networks:dns.register')}
          hint={t('networks:dns.registerHint')}
          checked={wantsHostNames(network)}
          onChange={(on) => edit((now) => withHostNames(now, on))}
        />
      )}
      <Checkbox
        label={t('networks:dns.enable')}
        hint={t('networks:dns.enableHint')}
        checked={answers}
        onChange={(on) =>
          edit((now) =>
            on
              ? setDns(now, { enable: undefined })
              : setDns(now, { enable: false, forwarder: [], txt: [], srv: [], host: [] }),
          )
        }
      />
      {answers && (
        <>
          <Rows<HostRecord>
            legend={t('networks:dns.hosts')}
            hint={t('networks:dns.hostsHint')}
            items={dns.host}
            heads={[t('networks:lease.address'), t('networks:dns.names')]}
            nameOf={({ ip, hostname }) => hostname[0] ?? ip}
            row={(host, set) => (
              <>
                <TextInput
                  mono
                  aria-label={t('networks:lease.address')}
                  value={host.ip}
                  onChange={(ip) => set({ ...host, ip: ip.trim() })}
                />
                <TextInput
                  aria-label={t('networks:dns.names')}
                  value={host.hostname.join(' ')}
                  onChange={(names) =>
                    set({
                      ...host,
                      hostname: names
                        .replaceAll(/[\s,]+/g, ' ')
                        .trimStart()
                        .split(' '),
                    })
                  }
                />
              </>
            )}
            addLabel={t('networks:dns.addHost')}
            make={() => ({ ip: '', hostname: [''] })}
            onChange={(host) => edit((now) => setDns(now, { host }))}
          />
          <Rows<Forwarder>
            legend={t('networks:dns.forwarders')}
            hint={t('networks:dns.forwardersHint')}
            items={dns.forwarder}
            heads={[t('networks:dns.server'), t('networks:dns.forDomain')]}
            nameOf={({ addr, domain }, index) => addr ?? domain ?? String(index + 1)}
            row={(forwarder, set) => (
              <>
                <TextInput
                  mono
                  aria-label={t('networks:dns.server')}
                  value={forwarder.addr ?? ''}
                  onChange={(text) => set(having(forwarder, { addr: orNothing(text) }))}
                />
                <TextInput
                  aria-label={t('networks:dns.forDomain')}
                  value={forwarder.domain ?? ''}
                  onChange={(text) => set(having(forwarder, { domain: orNothing(text) }))}
                />
              </>
            )}
            addLabel={t('networks:dns.addForwarder')}
            make={() => ({})}
            onChange={(forwarder) => edit((now) => setDns(now, { forwarder }))}
          />
          <Disclosure
            title={t('networks:dns.records')}
            detail={t('networks:dns.recordsCount', { count: dns.txt.length + dns.srv.length })}
          >
            <Records dns={dns} edit={edit} />
          </Disclosure>
        </>
      )}
    </section>
  );
}

function Records({ dns, edit }: { dns: NetworkDns; edit: FormProps['edit'] }): React.JSX.Element {
  return (
    <>
      <Rows<Txt>
        legend="TXT"
        items={dns.txt}
        heads={[t('networks:lease.name'), t('networks:dns.value')]}
        nameOf={({ name }) => name}
        row={(txt, set) => (
          <>
            <TextInput
              aria-label={t('networks:lease.name')}
              value={txt.name}
              onChange={(name) => set({ ...txt, name: name.trim() })}
            />
            <TextInput
              aria-label={t('networks:dns.value')}
              value={txt.value}
              onChange={(value) => set({ ...txt, value })}
            />
          </>
        )}
        addLabel={t('networks:dns.addTxt')}
        make={() => ({ name: '', value: '' })}
        onChange={(txt) => edit((now) => setDns(now, { txt }))}
      />
      <Rows<Srv>
        legend="SRV"
        items={dns.srv}
        heads={[
          t('networks:dns.service'),
          t('networks:dns.protocol'),
          t('networks:dns.target'),
          t('networks:dns.port'),
        ]}
        nameOf={({ service }) => service}
        row={(srv, set) => (
          <>
            <TextInput
              aria-label={t('networks:dns.service')}
              value={srv.service}
              onChange={(service) => set({ ...srv, service: service.trim() })}
            />
            <TextInput
              aria-label={t('networks:dns.protocol')}
              value={srv.protocol}
              onChange={(protocol) => set({ ...srv, protocol: protocol.trim() })}
            />
            <TextInput
              aria-label={t('networks:dns.target')}
              value={srv.target ?? ''}
              onChange={(text) => set(having(srv, { target: orNothing(text) }))}
            />
            <NumberInput
              aria-label={t('networks:dns.port')}
              value={srv.port ?? 0}
              max={65_535}
              onChange={(port) => set(having(srv, { port: port === 0 ? undefined : port }))}
            />
          </>
        )}
        addLabel={t('networks:dns.addSrv')}
        make={() => ({ service: 'ldap', protocol: 'tcp', target: 'server.lab.example', port: 389 })}
        onChange={(srv) => edit((now) => setDns(now, { srv }))}
      />
    </>
  );
}
