import Play from 'lucide-react/icons/play';
import Power from 'lucide-react/icons/power';
import Trash from 'lucide-react/icons/trash-2';
import type { PoolInfo } from '../../../src-shared/contract/storage.ts';
import { engine } from '../../app/client.ts';
import { confirm } from '../../app/feedback/confirm.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import type { MenuSection } from '../../components/menu.tsx';

export function poolMenu(uri: string, pool: PoolInfo, onChanged: () => void): readonly MenuSection[] {
  const target = { uri, pool: pool.uuid };
  const done = (work: Promise<unknown>): void => {
    work.then(onChanged, reportError);
  };
  const forget = async (): Promise<void> => {
    const sure = await confirm({
      title: t('storage:forget.title', { pool: pool.name }),
      text: t('storage:forget.text'),
      confirm: t('storage:verb.undefine'),
      danger: true,
    });
    if (sure) await engine.call('storage.pool-undefine', target);
  };
  return [
    {
      id: 'state',
      items: [
        pool.active
          ? {
              id: 'stop',
              label: t('storage:verb.stop'),
              icon: Power,
              run: () => done(engine.call('storage.pool-destroy', target)),
            }
          : {
              id: 'start',
              label: t('storage:verb.start'),
              icon: Play,
              run: () => done(engine.call('storage.pool-start', target)),
            },
        {
          id: 'autostart',
          label: t('storage:verb.autostart'),
          checked: pool.autostart,
          run: () => done(engine.call('storage.pool-set-autostart', { ...target, autostart: !pool.autostart })),
        },
      ],
    },
    {
      id: 'forget',
      items: [
        {
          id: 'undefine',
          label: t('storage:verb.undefine'),
          icon: Trash,
          danger: true,
          disabled: pool.active,
          run: () => done(forget()),
        },
      ],
    },
  ];
}
