import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { t } from '../../../app/i18n.ts';
import { type DeviceList, devicesOfKind, replaceDevice } from '../edit/domain-edit.ts';
import { Choice } from './choice.tsx';
import { deviceXml } from './device-xml.ts';
import styles from './hardware.module.css';
import type { Edit } from './item.ts';
import { simpleDevices } from './simple-devices.tsx';

/** The choices of a device; its XML where there is nothing to choose. */
export function SimpleForm<K extends DeviceList>(props: {
  domain: Domain;
  kind: K;
  index: number;
  edit: Edit;
}): React.JSX.Element | undefined {
  const { domain, kind, index, edit } = props;
  const device = devicesOfKind(domain, kind)[index];
  if (device === undefined) return undefined;
  const questions = simpleDevices[kind]?.questions(device) ?? [];
  if (questions.length === 0) {
    return (
      <>
        <pre className={styles.xml} data-selectable>
          {deviceXml(kind, device)}
        </pre>
        <p className={styles.hint}>{t('machine:hardware.onlyXml')}</p>
      </>
    );
  }
  return (
    <>
      {questions.map(({ label, names, values, value, set }) => (
        <Choice
          key={label}
          label={label}
          names={names}
          values={values}
          value={value}
          onChange={(next) => edit((now) => replaceDevice(now, kind, index, (old) => set(old, next) ?? old))}
        />
      ))}
    </>
  );
}
