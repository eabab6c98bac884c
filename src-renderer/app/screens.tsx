/** Which screen a place shows. Only the machines come with the program; the rest is loaded when first asked for. */
import { type ComponentType, lazy, Suspense, useEffect, useState } from 'react';
import { MachinesScreen } from '../features/machines/machines-screen.tsx';
import { loadNamespaces } from './i18n.ts';
import type { MachineRef, MachineScreenProps, Place } from './routes.ts';
import styles from './screens.module.css';
import { usePlace } from './use-place.ts';

type ScreenModule<P> = Promise<{ readonly default: ComponentType<P> }>;

/** A screen with its own text, where MUI may be used. */
function screen<P extends object>(namespaces: readonly string[], load: () => ScreenModule<P>): ComponentType<P> {
  return lazy(async () => {
    const [{ default: Content }, { MuiScope }] = await Promise.all([
      load(),
      import('../components/mui/scope.tsx'),
      loadNamespaces(...namespaces),
    ]);
    const Scoped = (props: P): React.JSX.Element => (
      <MuiScope>
        <Content {...props} />
      </MuiScope>
    );
    return { default: Scoped };
  });
}

const Bin = screen(['storage'], () => import('../features/bin/bin-screen.tsx'));
const Capture = screen<{ machine: MachineRef; card: string }>(
  ['cable'],
  () => import('../features/networks/capture/capture-screen.tsx'),
);
/** Fills a window of its own, without the shell. */
const Console = screen<MachineRef & { readonly alias: string | undefined }>(
  ['console'],
  () => import('../features/console/console-screen.tsx'),
);
const Create = screen(['create'], () => import('../features/create/create-screen.tsx'));
const Hosts = screen(['hosts'], () => import('../features/hosts/hosts-screen.tsx'));
/** Its console and its graphs speak with the words of their own screens, its hardware with those of a new machine. */
const Machine = screen<MachineScreenProps>(
  ['machine', 'cable', 'console', 'create', 'filters', 'performance', 'snapshots', 'storage'],
  () => import('../features/machine/machine-screen.tsx'),
);
/** Its definition and the edits of machines' cards speak with the words of a machine's page. */
const Networks = screen<{ item: string | undefined; tab: string | undefined }>(
  ['networks', 'host', 'interfaces', 'filters', 'cable', 'machine', 'trace'],
  () => import('../features/networks/networks-screen.tsx'),
);
const Performance = screen(['performance'], () => import('../features/performance/performance-screen.tsx'));
const Settings = screen<{ page: string | undefined }>(
  ['settings', 'hosts'],
  () => import('../features/settings/settings-screen.tsx'),
);
const Storage = screen(['storage'], () => import('../features/storage/storage-screen.tsx'));

export function Screen(): React.JSX.Element {
  return (
    <Suspense fallback={<Waiting />}>
      <Content place={usePlace()} />
    </Suspense>
  );
}

function Content({ place }: { place: Place }): React.JSX.Element {
  switch (place.name) {
    case 'machines':
      return <MachinesScreen />;
    case 'machine':
      return <Machine machine={place.machine} tab={place.tab} />;
    case 'capture':
      return <Capture machine={place.machine} card={place.card} />;
    case 'console':
      return <Console {...place.machine} alias={place.alias} />;
    case 'bin':
      return <Bin />;
    case 'create':
      return <Create />;
    case 'hosts':
      return <Hosts />;
    case 'networks':
      return <Networks item={place.item} tab={place.tab} />;
    case 'performance':
      return <Performance />;
    case 'settings':
      return <Settings page={place.page} />;
    case 'storage':
      return <Storage />;
  }
}

/** Nothing for a moment, then a line: a flash of a spinner would be the larger disturbance. */
function Waiting(): React.JSX.Element {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 400);
    return () => window.clearTimeout(timer);
  }, []);
  return <div className={styles.waiting} aria-busy data-late={late} />;
}
