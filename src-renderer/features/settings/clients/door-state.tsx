import CircleCheck from 'lucide-react/icons/circle-check';
import type { DoorState } from '../../../../src-shared/contract/libvirt-clients.ts';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { Badge } from '../../../components/badge.tsx';
import { ShellLine } from '../../hosts/shell-lines.tsx';

/** What came of the wish that a door be open, and the line by which libvirt's clients come through it. */
export function DoorStateView({ door, line }: { door: DoorState | undefined; line: string }): React.JSX.Element | null {
  switch (door?.state) {
    case undefined:
    case 'closed':
      return null;
    case 'failed':
      return door.error === undefined ? null : <ErrorPanel error={door.error} />;
    case 'open':
      return (
        <>
          <p role="status">
            <Badge tone="ok" icon={CircleCheck}>
              {t('settings:clients.open')}
            </Badge>
          </p>
          <ShellLine text={line} of={t('hosts:shell.one')} />
        </>
      );
  }
}
