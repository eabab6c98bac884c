import SearchX from 'lucide-react/icons/search-x';
import { t } from '../../app/i18n.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { setFilter, useMachines } from './machines-store.ts';

/** The view has machines elsewhere, or the search has none. */
export function NothingFound(): React.JSX.Element {
  const search = useMachines((state) => state.search);
  return (
    <EmptyState
      icon={SearchX}
      title={t('machines:nothing.title')}
      text={search === '' ? t('machines:nothing.view') : t('machines:nothing.search', { search })}
    >
      <Button
        onClick={() => {
          useMachines.setState({ search: '' });
          setFilter({ type: 'smart', view: 'all' });
        }}
      >
        {t('machines:nothing.all')}
      </Button>
    </EmptyState>
  );
}
