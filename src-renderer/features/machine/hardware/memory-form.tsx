import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { formatKiB } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { MemorySlider } from '../../create/memory-slider.tsx';
import { devicesOf, edited } from '../edit/domain-edit.ts';
import { memoryOf, setMemory } from '../edit/processor.ts';
import { Choice } from './choice.tsx';
import type { Edit } from './item.ts';
import type { Host } from './use-host.ts';

export function MemoryForm(props: { domain: Domain; edit: Edit; host: Host }): React.JSX.Element {
  const { domain, edit, host } = props;
  const { maximumKiB, currentKiB } = memoryOf(domain);
  const balloon = domain.devices?.memballoon?.model ?? 'virtio';
  return (
    <>
      <Field
        label={t('machine:memory.maximum')}
        hint={host.memoryKiB === undefined ? undefined : t('machine:memory.host', { size: formatKiB(host.memoryKiB) })}
      >
        <MemorySlider
          kiB={maximumKiB}
          hostKiB={host.memoryKiB}
          onChange={(kiB) =>
            edit((now) => {
              const before = memoryOf(now);
              return setMemory(now, kiB, before.currentKiB === before.maximumKiB ? kiB : before.currentKiB);
            })
          }
        />
      </Field>
      <Field label={t('machine:memory.current')} hint={t('machine:memory.currentHint')}>
        <MemorySlider
          kiB={currentKiB}
          hostKiB={maximumKiB}
          onChange={(kiB) => edit((now) => setMemory(now, Math.max(kiB, memoryOf(now).maximumKiB), kiB))}
        />
      </Field>
      <Choice
        label={t('machine:memory.balloon')}
        value={balloon}
        values={['virtio', 'none'] as const}
        names="machine:balloon"
        onChange={(model) =>
          edit((now) =>
            edited(now, (draft) => {
              const { memballoon } = devicesOf(draft);
              devicesOf(draft).memballoon = model === 'none' ? { model } : { ...memballoon, model };
            }),
          )
        }
      />
    </>
  );
}
