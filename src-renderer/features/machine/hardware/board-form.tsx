import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { t } from '../../../app/i18n.ts';
import { Combobox } from '../../../components/combobox.tsx';
import { Field } from '../../../components/field.tsx';
import { machineWords } from '../device-words.ts';
import { firmwareChoices, firmwareOf, setFirmware, setMachine } from '../edit/firmware.ts';
import { Choice } from './choice.tsx';
import type { Edit } from './item.ts';
import type { Host } from './use-host.ts';

export function BoardForm(props: { domain: Domain; edit: Edit; host: Host }): React.JSX.Element {
  const { domain, edit, host } = props;
  const machine = domain.os?.type.machine ?? '';
  const machines = host.machines.includes(machine) || machine === '' ? host.machines : [machine, ...host.machines];
  return (
    <>
      <Choice
        label={t('create:firmware.label')}
        hint={t('machine:board.firmwareHint')}
        value={firmwareOf(domain)}
        values={firmwareChoices}
        names="create:firmware"
        onChange={(choice) => edit((now) => setFirmware(now, choice))}
      />
      <Field label={t('machine:board.machine')} hint={t('machine:board.machineHint')}>
        <Combobox
          value={machine}
          options={machines.map((value) => ({ value, label: machineWords(value) }))}
          noneLabel={t('machine:board.noMachine')}
          openLabel={t('create:os.open')}
          onChange={(next) => edit((now) => setMachine(now, next))}
        />
      </Field>
    </>
  );
}
