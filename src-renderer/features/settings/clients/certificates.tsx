import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import type { CertificateFile } from '../../../../src-shared/contract/libvirt-clients.ts';
import { engine } from '../../../app/client.ts';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { formatTime } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import styles from './clients-page.module.css';
import { MakeCertificatesDialog } from './make-certificates-dialog.tsx';
import { useClientsAnswer } from './use-clients-answer.ts';

/** Which files TLS would use, who signed them and until when they hold. */
export function Certificates({ hostname }: { hostname: string }): React.JSX.Element {
  const pki = useSettings((state) => state.listenTls.pki);
  const { value: state, error } = useClientsAnswer(`certificates ${pki}`, () =>
    engine.call('libvirt.certificates', {}),
  );
  return (
    <section className={styles.part} aria-label={t('settings:clients.certificates.title')}>
      <h3>{t('settings:clients.certificates.title')}</h3>
      {error !== undefined && <ErrorPanel error={error} />}
      <ul className={styles.files}>
        {state?.files.map((file) => (
          <CertificateRow key={file.role} file={file} />
        ))}
      </ul>
      {state?.clientFolder !== undefined && (
        <p className={styles.text}>{t('settings:clients.certificates.copy', { folder: state.clientFolder })}</p>
      )}
      <div>
        <Button onClick={() => openDialog((close) => <MakeCertificatesDialog hostname={hostname} close={close} />)}>
          {t(state?.isUsable === true ? 'settings:clients.certificates.renew' : 'settings:clients.certificates.make')}
        </Button>
      </div>
    </section>
  );
}

function CertificateRow({ file }: { file: CertificateFile }): React.JSX.Element {
  const { role, path, exists, problem, subject, issuer, untilMs } = file;
  const isRight = exists && problem === undefined;
  return (
    <li className={styles.file}>
      <span>{t(`settings:clients.certificates.role.${role}`)}</span>
      <Badge tone={isRight ? 'ok' : 'warn'} icon={isRight ? CircleCheck : CircleAlert}>
        {isRight
          ? t('settings:clients.certificates.right')
          : t(`settings:clients.certificates.problem.${exists ? (problem ?? 'unreadable') : 'missing'}`)}
      </Badge>
      <code data-selectable>{path}</code>
      {untilMs !== undefined && (
        <p className={styles.text}>
          {t('settings:clients.certificates.facts', { subject, issuer, until: formatTime(untilMs) })}
        </p>
      )}
    </li>
  );
}
