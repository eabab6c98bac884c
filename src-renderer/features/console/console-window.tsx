/** What a console's window of its own shows. */
import { LiveRegion } from '../../components/live-region.tsx';
import { TooltipLayer } from '../../components/tooltip-layer.tsx';
import { DialogHost } from '../../app/feedback/dialogs.tsx';
import { NoticeList } from '../../app/feedback/notice-list.tsx';
import { ConsoleView, type ConsoleViewProps } from './console-view.tsx';

export default function ConsoleWindow(props: Omit<ConsoleViewProps, 'ownWindow'>): React.JSX.Element {
  return (
    <>
      <main style={{ height: '100%' }}>
        <ConsoleView {...props} ownWindow />
      </main>
      <NoticeList />
      <DialogHost />
      <LiveRegion />
      <TooltipLayer />
    </>
  );
}
