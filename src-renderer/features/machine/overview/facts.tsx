import { copyText } from '../../../app/feedback/error-panel.tsx';
import { formatKiB } from '../../../app/format.ts';
import { t, textOf } from '../../../app/i18n.ts';
import { paths } from '../../../app/routes.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { Uptime } from '../../machines/live-figure.tsx';
import { ConditionsButton } from '../../networks/conditions/conditions-button.tsx';
import { CaptureButton } from '../../networks/capture/capture-button.tsx';
import { osLabel } from '../../machines/os-label.ts';
import { TagList } from '../../machines/tag-list.tsx';
import {
  cardDetail,
  cardName,
  cpuWords,
  diskDetail,
  diskName,
  forwardWords,
  joined,
  machineWords,
  topologyWords,
  vcpuWords,
} from '../device-words.ts';
import { forwardsOf } from '../edit/cards.ts';
import { diskPlace } from '../edit/disks.ts';
import { firmwareOf } from '../edit/firmware.ts';
import { memoryOf } from '../edit/processor.ts';
import styles from './overview.module.css';

/** What it is made of, as defined. */
export function Facts({ machine, domain }: { machine: Machine; domain: Domain | undefined }): React.JSX.Element {
  return (
    <>
      <Section label={t('machine:overview.system')}>
        <Fact label={t('create:os.label')}>{osLabel(machine)}</Fact>
        <Fact label={t('machine:overview.acceleration')}>
          {textOf(`machine:virt.${machine.type}`, machine.type)}
          {machine.architecture !== undefined && `, ${machine.architecture}`}
        </Fact>
        <Fact label={t('create:firmware.machine')}>{machineWords(machine.machine)}</Fact>
        <Fact label={t('create:firmware.label')}>
          {domain === undefined ? <Skeleton width={80} /> : t(`create:firmware.${firmwareOf(domain)}`)}
        </Fact>
        <Fact label={t('machines:column.uptime')}>
          <Uptime machine={machine} />
        </Fact>
        <Fact label={t('machines:inspector.folder')}>{machine.folder ?? '–'}</Fact>
        <Fact label={t('machines:column.tags')}>
          {machine.tags.length === 0 ? '–' : <TagList tags={machine.tags} />}
        </Fact>
        <Fact label="UUID">
          <code data-selectable>{machine.uuid}</code>
          <CopyButton label={t('action.copy')} doneLabel={t('action.copied')} copy={() => copyText(machine.uuid)} />
        </Fact>
      </Section>
      <Section
        label={t('machine:tabs.hardware')}
        more={<a href={`#${paths.machine(machine, 'hardware')}`}>{t('machine:overview.editHardware')}</a>}
      >
        {domain === undefined ? (
          ['processor', 'memory', 'disks', 'network', 'display'].map((row) => (
            <Fact key={row} label={t(`machine:hardware.${row as 'memory'}`)}>
              <Skeleton width={180} />
            </Fact>
          ))
        ) : (
          <Hardware machine={machine} domain={domain} />
        )}
      </Section>
    </>
  );
}

function Hardware({ machine, domain }: { machine: Machine; domain: Domain }): React.JSX.Element {
  const { maximumKiB, currentKiB } = memoryOf(domain);
  const { disk = [], interface: cards = [], graphics = [], video = [] } = domain.devices ?? {};
  return (
    <>
      <Fact label={t('machine:hardware.processor')}>
        {joined(vcpuWords(domain), topologyWords(domain), cpuWords(domain))}
      </Fact>
      <Fact label={t('machine:hardware.memory')}>
        {currentKiB === maximumKiB
          ? formatKiB(maximumKiB)
          : t('machine:memory.of', { current: formatKiB(currentKiB), maximum: formatKiB(maximumKiB) })}
      </Fact>
      <Fact label={t('machine:hardware.disks')}>
        <Lines none={disk.length === 0}>
          {disk.map((each) => (
            <li key={each.target.dev}>
              {joined(diskName(each), diskDetail(each))}
              {diskPlace(each) !== undefined && (
                <code className={styles.path} data-selectable>
                  {diskPlace(each)}
                </code>
              )}
            </li>
          ))}
        </Lines>
      </Fact>
      <Fact label={t('machine:hardware.network')}>
        <Lines none={cards.length === 0}>
          {cards.map((card, index) => (
            <li key={card.mac?.address ?? index}>
              {joined(cardName(card), cardDetail(card))}
              {forwardsOf(card).map((forward) => (
                <code key={forwardWords(forward)} className={styles.path} data-selectable>
                  {forwardWords(forward)}
                </code>
              ))}
              {card.mac?.address !== undefined && (
                <span>
                  <CaptureButton machine={machine} card={card.mac.address} />
                  <ConditionsButton machine={machine} card={card.mac.address} />
                </span>
              )}
            </li>
          ))}
        </Lines>
      </Fact>
      <Fact label={t('machine:hardware.display')}>
        {graphics.length === 0
          ? t('create:display.none')
          : joined(
              ...graphics.map(({ type }) => textOf(`create:graphics.${type}`, type)),
              ...video.map(({ model }) => textOf(`create:video.${model?.type ?? 'none'}`, model?.type ?? '')),
            )}
      </Fact>
    </>
  );
}

function Lines({ none, children }: { none: boolean; children: React.ReactNode }): React.JSX.Element {
  return none ? <span>{t('machine:hardware.none')}</span> : <ul className={styles.lines}>{children}</ul>;
}

function Section(props: { label: string; more?: React.ReactNode; children: React.ReactNode }): React.JSX.Element {
  return (
    <section className={styles.section} aria-label={props.label}>
      <div className={styles.sectionHead}>
        <h2>{props.label}</h2>
        {props.more}
      </div>
      <dl className={styles.facts}>{props.children}</dl>
    </section>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }): React.JSX.Element {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
