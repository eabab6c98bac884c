import Gauge from 'lucide-react/icons/gauge';
import { conditionsText } from '../../../../src-shared/model/link-conditions.ts';
import { engine } from '../../../app/client.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Button } from '../../../components/button.tsx';
import { openConditions } from './conditions-dialog.tsx';

/** What a card's cable is made to be like, and the way to change it; nothing where it can't be. */
export function ConditionsButton(props: { machine: Machine; card: string }): React.JSX.Element | undefined {
  const { machine, card } = props;
  const { uri, uuid } = machine;
  const canCondition = useInventory(
    (state) => state.connections.get(uri)?.domainVerbs.includes('setLinkConditions') === true,
  );
  const { value, reload } = useAnswer(
    canCondition ? `${uri} ${uuid} ${machine.id ?? ''}` : undefined,
    async () => await engine.call('domains.link-conditions', { uri, uuid }),
  );
  const found = value?.find(({ mac }) => mac === card.toLowerCase());
  if (found === undefined || found.possible.length === 0) return undefined;
  const { conditions } = found;
  return (
    <Button size="small" variant="quiet" icon={Gauge} onClick={() => openConditions(machine, found, reload)}>
      {conditions === undefined ? t('cable:conditions.open') : conditionsText(conditions)}
    </Button>
  );
}
