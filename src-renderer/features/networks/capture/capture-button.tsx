import Activity from 'lucide-react/icons/activity';
import { t } from '../../../app/i18n.ts';
import { go, type MachineRef, paths } from '../../../app/routes.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { Button } from '../../../components/button.tsx';

/** Leads to what passes a card's cable; nothing where the connection can't listen. */
export function CaptureButton(props: { machine: MachineRef; card: string }): React.JSX.Element | undefined {
  const { machine, card } = props;
  const canCapture = useInventory((state) => state.connections.get(machine.uri)?.captures === true);
  if (!canCapture) return undefined;
  return (
    <Button size="small" variant="quiet" icon={Activity} onClick={() => go(paths.capture(machine, card))}>
      {t('cable:open')}
    </Button>
  );
}
