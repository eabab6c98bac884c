/** A machine's state as icon, word and tone. */
import Archive from 'lucide-react/icons/archive';
import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleHelp from 'lucide-react/icons/circle-question-mark';
import CirclePause from 'lucide-react/icons/circle-pause';
import CirclePlay from 'lucide-react/icons/circle-play';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import Moon from 'lucide-react/icons/moon';
import Power from 'lucide-react/icons/power';
import { t } from '../../app/i18n.ts';
import { Seen, useSeenMs } from '../../app/seen.tsx';
import type { Machine } from '../../app/store/inventory.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import type { IconType } from '../../components/icon.tsx';
import { type ShownState, shownState, type StateOf } from './shown-state.ts';

const looks: Readonly<Record<ShownState, { icon: IconType; tone: Tone }>> = {
  running: { icon: CirclePlay, tone: 'ok' },
  blocked: { icon: CirclePlay, tone: 'warn' },
  paused: { icon: CirclePause, tone: 'warn' },
  saving: { icon: LoaderCircle, tone: 'info' },
  'io-error': { icon: CircleAlert, tone: 'danger' },
  'shutting-down': { icon: LoaderCircle, tone: 'info' },
  off: { icon: Power, tone: 'neutral' },
  saved: { icon: Archive, tone: 'info' },
  crashed: { icon: CircleAlert, tone: 'danger' },
  failed: { icon: CircleAlert, tone: 'danger' },
  asleep: { icon: Moon, tone: 'info' },
  unknown: { icon: CircleHelp, tone: 'neutral' },
};

export const stateIcon = (machine: StateOf): IconType => looks[shownState(machine)].icon;
export const stateWord = (machine: StateOf): string => t(`machines:state.${shownState(machine)}`);

/** The state it is in; while its host does not answer, the one it was seen in, and when. */
export function StateBadge({
  machine,
  filled,
}: {
  machine: StateOf & Pick<Machine, 'uri'>;
  filled?: boolean;
}): React.JSX.Element {
  const { icon, tone } = looks[shownState(machine)];
  const seenMs = useSeenMs(machine.uri);
  if (seenMs !== undefined) {
    return (
      <Badge tone="neutral" icon={icon} filled={filled === true} tip={t('seen.state', { state: stateWord(machine) })}>
        <span className="visually-hidden">{stateWord(machine)}, </span>
        <Seen ms={seenMs} />
      </Badge>
    );
  }
  return (
    <Badge tone={tone} icon={icon} filled={filled === true}>
      {stateWord(machine)}
    </Badge>
  );
}
