import Activity from 'lucide-react/icons/activity';
import ArrowLeft from 'lucide-react/icons/arrow-left';
import Circle from 'lucide-react/icons/circle';
import Download from 'lucide-react/icons/download';
import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import Square from 'lucide-react/icons/square';
import Trash from 'lucide-react/icons/trash-2';
import { useMemo, useState } from 'react';
import type { CaptureInfo } from '../../../../src-shared/model/capture.ts';
import { engine } from '../../../app/client.ts';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { notify, reportError } from '../../../app/feedback/notices.ts';
import { formatBytes, formatTime } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import { go, type MachineRef, paths } from '../../../app/routes.ts';
import { machineKey } from '../../../app/store/inventory.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button, IconButton } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Select } from '../../../components/inputs.tsx';
import { SearchInput } from '../../../components/search-input.tsx';
import { ScreenBar } from '../../../components/toolbar.tsx';
import styles from './capture.module.css';
import { PacketDetailsPane } from './packet-details.tsx';
import { filterOf, maximumRows } from './packet-list.ts';
import { PacketTable } from './packet-table.tsx';
import { useCapture } from './use-capture.ts';
import { useCaptures } from './use-captures.ts';

/** What passes a machine's cable: listening, looking, keeping. */
export default function CaptureScreen(props: { machine: MachineRef; card: string }): React.JSX.Element {
  const { machine: ref, card } = props;
  const machine = useInventory((state) => state.machines.get(machineKey(ref.uri, ref.uuid)));
  const [chosen, setChosen] = useState<string>();
  const { captures, error, reload } = useCaptures(ref, card);
  const isRunning = machine?.id !== undefined;
  const current = captures?.find(({ id }) => id === chosen) ?? captures?.[0];

  const start = (): void => {
    engine
      .call('captures.start', { uri: ref.uri, uuid: ref.uuid, card })
      .then(({ id }) => {
        setChosen(id);
        reload();
      })
      .catch(reportError);
  };
  const startButton = (
    <Button
      icon={Circle}
      variant={current === undefined ? 'primary' : 'default'}
      disabled={!isRunning}
      tip={isRunning ? undefined : t('cable:notRunning')}
      onClick={start}
    >
      {t('cable:start')}
    </Button>
  );
  return (
    <div className={styles.screen}>
      <ScreenBar
        title={
          <>
            <IconButton icon={ArrowLeft} label={t('cable:back')} onClick={() => go(paths.machine(ref))} />
            {t('cable:title', { name: machine?.name ?? ref.uuid })}
            <code className={styles.mac}>{card}</code>
          </>
        }
      >
        {captures !== undefined && captures.length > 1 && current !== undefined && (
          <Select
            aria-label={t('cable:choose')}
            value={current.id}
            options={captures.map((each) => ({ value: each.id, label: labelOf(each) }))}
            onChange={setChosen}
          />
        )}
        {current !== undefined && current.ended !== undefined && startButton}
      </ScreenBar>
      {error !== undefined && <ErrorPanel error={error} />}
      {captures !== undefined && current === undefined && (
        <EmptyState icon={Activity} title={t('cable:none')} text={t('cable:noneText')}>
          {startButton}
        </EmptyState>
      )}
      {current !== undefined && (
        <Live key={current.id} uri={ref.uri} first={current} onGone={reload} onEnded={reload} />
      )}
    </div>
  );
}

const labelOf = ({ startedMs, packets, ended }: CaptureInfo): string =>
  ended === undefined
    ? t('cable:goingOn', { time: formatTime(startedMs) })
    : t('cable:earlier', { time: formatTime(startedMs), count: packets });

function Live(props: { uri: string; first: CaptureInfo; onGone: () => void; onEnded: () => void }): React.JSX.Element {
  const { uri, first, onGone, onEnded } = props;
  const [paused, setPaused] = useState(false);
  const [search, setSearch] = useState('');
  const [number, setNumber] = useState<number>();
  const { capture, list, error } = useCapture(uri, first, paused);
  const { id } = first;
  const filter = useMemo(() => filterOf(search), [search]);
  const rows = useMemo(() => (filter === undefined ? list.rows : list.rows.filter(filter)), [filter, list.rows]);
  const isLive = capture.ended === undefined;

  const save = async (): Promise<void> => {
    const defaultName = `${capture.domain}-${new Date(capture.startedMs).toISOString().slice(0, 19).replaceAll(':', '-')}.pcap`;
    const path = await engine.call('dialog.save-file', { title: t('cable:saveTitle'), defaultName });
    if (path === undefined) return;
    await engine.call('captures.save', { uri, id, path });
    notify({ tone: 'ok', text: t('cable:saved', { path }) });
  };
  return (
    <>
      <div className={styles.bar} role="toolbar" aria-label={t('cable:tools')}>
        <SearchInput
          value={search}
          onChange={setSearch}
          aria-label={t('cable:filter')}
          placeholder={t('cable:filterHint')}
          clearLabel={t('action.clear')}
          className={styles.search}
        />
        <State capture={capture} shown={rows.length} skipped={list.skipped} filtered={filter !== undefined} />
        <span className={styles.space} />
        {isLive && (
          <Button
            variant="quiet"
            icon={paused ? Play : Pause}
            aria-pressed={paused}
            tip={t('cable:pauseTip')}
            onClick={() => setPaused(!paused)}
          >
            {t(paused ? 'cable:resume' : 'cable:pause')}
          </Button>
        )}
        {isLive && (
          <Button
            variant="quiet"
            icon={Square}
            onClick={() => {
              engine.call('captures.stop', { uri, id }).then(onEnded, reportError);
            }}
          >
            {t('cable:stop')}
          </Button>
        )}
        <Button variant="quiet" icon={Download} onClick={() => void save().catch(reportError)}>
          {t('cable:save')}
        </Button>
        <IconButton
          icon={Trash}
          label={t('cable:remove')}
          onClick={() => {
            engine.call('captures.remove', { uri, id }).then(onGone, reportError);
          }}
        />
      </div>
      {error !== undefined && <ErrorPanel error={error} />}
      <div className={styles.panes}>
        <PacketTable rows={rows} chosen={number} onChoose={setNumber} />
        {number !== undefined && (
          <PacketDetailsPane uri={uri} capture={id} number={number} onClose={() => setNumber(undefined)} />
        )}
      </div>
    </>
  );
}

function State(props: { capture: CaptureInfo; shown: number; skipped: number; filtered: boolean }): React.JSX.Element {
  const { capture, shown, skipped, filtered } = props;
  const { ended, packets, bytes } = capture;
  return (
    <span className={styles.state} role="status">
      {ended === undefined ? (
        <Badge tone="ok" icon={Circle}>
          {t('cable:listening')}
        </Badge>
      ) : (
        <Badge tone={ended === 'disk-full' || ended === 'failed' ? 'warn' : 'neutral'}>
          {t(`cable:ended.${ended}`)}
        </Badge>
      )}
      <span>{t('cable:packetCount', { count: packets })}</span>
      <span>{formatBytes(bytes)}</span>
      {filtered && <span>{t('cable:found', { count: shown })}</span>}
      {skipped > 0 && <span>{t('cable:skipped', { count: skipped })}</span>}
      {shown === maximumRows && <span>{t('cable:tooMany', { count: maximumRows })}</span>}
    </span>
  );
}
