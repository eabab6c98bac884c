import X from 'lucide-react/icons/x';
import { useMemo, useState } from 'react';
import type { PacketDetails } from '../../../../src-shared/model/capture.ts';
import { engine } from '../../../app/client.ts';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t, textOf } from '../../../app/i18n.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { IconButton } from '../../../components/button.tsx';
import { cx } from '../../../components/cx.ts';
import styles from './capture.module.css';
import { hexLines } from './packet-list.ts';

/** One packet: its layers, and its bytes with the layer that is pointed at. */
export function PacketDetailsPane(props: {
  uri: string;
  capture: string;
  number: number;
  onClose: () => void;
}): React.JSX.Element {
  const { uri, capture, number, onClose } = props;
  const { value, error } = useAnswer(`${uri} ${capture} ${number}`, () =>
    engine.call('captures.packet', { uri, id: capture, number }),
  );
  return (
    <section className={styles.details} aria-label={t('cable:details', { number })}>
      <IconButton icon={X} label={t('action.close')} size="small" className={styles.close} onClick={onClose} />
      {error !== undefined && <ErrorPanel error={error} />}
      {value !== undefined && <Details packet={value} />}
    </section>
  );
}

function Details({ packet }: { packet: PacketDetails }): React.JSX.Element {
  const { layers, bytes } = packet;
  const lines = useMemo(() => hexLines(bytes), [bytes]);
  const [chosen, setChosen] = useState(0);
  const layer = layers[chosen];
  const begin = layer?.offset ?? 0;
  // A layer's own bytes end where what is inside of it begins.
  const end = layers[chosen + 1]?.offset ?? begin + (layer?.length ?? 0);
  return (
    <>
      <ul className={styles.layers}>
        {layers.map(({ name, fields }, index) => (
          <li key={index}>
            <button
              type="button"
              className={styles.layer}
              aria-pressed={index === chosen}
              onClick={() => setChosen(index)}
            >
              {name}
            </button>
            <dl>
              {fields.map((field, place) => (
                <div key={place} className={styles.field}>
                  <dt>{textOf(`cable:field.${field.name}`, field.name)}</dt>
                  <dd data-selectable>{field.value}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
      <div className={styles.hex} role="group" tabIndex={0} aria-label={t('cable:bytes')} data-selectable>
        {lines.map(({ offset, bytes: part, text }) => (
          <div key={offset} className={styles.hexLine}>
            <span className={styles.offset}>{offset.toString(16).padStart(4, '0')}</span>
            <span className={styles.hexBytes}>
              {part.map((byte, index) => {
                const marked = offset + index >= begin && offset + index < end;
                return (
                  <span key={index} className={cx(marked && styles.marked)}>
                    {byte.toString(16).padStart(2, '0')}
                  </span>
                );
              })}
            </span>
            <span>{text}</span>
          </div>
        ))}
      </div>
    </>
  );
}
