/** What a console's window of its own shows. */
import type { MachineRef } from '../../app/routes.ts';
import { ConsoleView } from './console-view.tsx';

export default function ConsoleScreen(props: MachineRef & { readonly alias: string | undefined }): React.JSX.Element {
  return <ConsoleView {...props} ownWindow />;
}
