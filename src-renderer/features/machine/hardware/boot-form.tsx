import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { t } from '../../../app/i18n.ts';
import { IconButton } from '../../../components/button.tsx';
import { Checkbox } from '../../../components/inputs.tsx';
import { cardName, diskDetail, diskName, joined } from '../device-words.ts';
import { type BootEntry, bootEntries, bootMenuOf, setBootMenu, setBootOrder } from '../edit/firmware.ts';
import styles from './hardware.module.css';
import type { Edit } from './item.ts';

export function bootEntryName(domain: Domain, { kind, index }: Pick<BootEntry, 'kind' | 'index'>): string {
  if (kind === 'disk') {
    const disk = domain.devices?.disk[index];
    return disk === undefined ? '' : diskName(disk);
  }
  const card = domain.devices?.interface[index];
  return card === undefined ? '' : joined(t('machine:boot.network'), card.mac?.address ?? cardName(card));
}

/** Which devices the machine tries to start from, in which order. */
export function BootForm({ domain, edit }: { domain: Domain; edit: Edit }): React.JSX.Element {
  const entries = bootEntries(domain);
  const chosen = entries.filter(({ order }) => order !== undefined);
  const set = (order: readonly BootEntry[]): void => edit((now) => setBootOrder(now, order));
  const move = (from: number, by: number): void => {
    const next = [...chosen];
    const [entry] = next.splice(from, 1);
    if (entry !== undefined) next.splice(from + by, 0, entry);
    set(next);
  };
  return (
    <>
      <ol className={styles.boot} aria-label={t('machine:hardware.boot')}>
        {entries.map((entry) => {
          const place = chosen.indexOf(entry);
          const name = bootEntryName(domain, entry);
          const disk = entry.kind === 'disk' ? domain.devices?.disk[entry.index] : undefined;
          return (
            <li key={`${entry.kind} ${entry.index}`}>
              <Checkbox
                label={place < 0 ? name : `${place + 1}. ${name}`}
                hint={disk === undefined ? undefined : diskDetail(disk)}
                checked={place >= 0}
                onChange={(on) => set(on ? [...chosen, entry] : chosen.filter((each) => each !== entry))}
              />
              <span className={styles.bootMove}>
                <IconButton
                  icon={ArrowUp}
                  size="small"
                  label={t('machine:boot.earlier', { name })}
                  disabled={place <= 0}
                  onClick={() => move(place, -1)}
                />
                <IconButton
                  icon={ArrowDown}
                  size="small"
                  label={t('machine:boot.later', { name })}
                  disabled={place < 0 || place === chosen.length - 1}
                  onClick={() => move(place, 1)}
                />
              </span>
            </li>
          );
        })}
      </ol>
      <Checkbox
        label={t('machine:boot.menu')}
        checked={bootMenuOf(domain)}
        onChange={(on) => edit((now) => setBootMenu(now, on))}
      />
    </>
  );
}
