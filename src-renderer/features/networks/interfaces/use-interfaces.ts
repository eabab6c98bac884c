/** The host's interfaces of the chosen connection, and the change of them that stands. */
import { useEffect } from 'react';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type {
  ConfigurationKeeper,
  InterfaceSummary,
  PendingChange,
} from '../../../../src-shared/model/interface-summary.ts';
import { engine } from '../../../app/client.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useAnswer } from '../../../app/use-answer.ts';

export interface InterfacesView {
  readonly uri: string;
  /** Undefined while they are on their way. */
  readonly interfaces: readonly InterfaceSummary[] | undefined;
  /** Absent where no bridges can be made from here. */
  readonly keeper: ConfigurationKeeper | undefined;
  readonly error: ErrorData | undefined;
  readonly reload: () => void;
}

/** Cables and addresses come and go without a word from the kernel that the engine would hear. */
const lookMs = 5_000;
const quietMs = 100;

export function useInterfaces(uri: string): InterfacesView {
  const open = useInventory((state) => state.connections.get(uri)?.state === 'open');
  const { value, error, reload } = useAnswer(open ? uri : undefined, async () => {
    const [interfaces, keeper] = await Promise.all([
      engine.call('interfaces.list', { uri }),
      engine.call('interfaces.keeper', { uri }),
    ]);
    return { interfaces, keeper };
  });
  useInterfaceEvents(uri, reload);
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (!document.hidden) reload();
    }, lookMs);
    return () => window.clearInterval(timer);
  }, [reload]);
  return { uri, interfaces: value?.interfaces, keeper: value?.keeper, error, reload };
}

export function usePending(uri: string): PendingChange | undefined {
  const open = useInventory((state) => state.connections.get(uri)?.state === 'open');
  const { value, reload } = useAnswer(open ? `pending ${uri}` : undefined, async () => ({
    pending: await engine.call('interfaces.pending', { uri }),
  }));
  useInterfaceEvents(uri, reload);
  const deadlineMs = value?.pending?.deadlineMs;
  useEffect(() => {
    if (deadlineMs === undefined) return;
    // Whoever takes it back may not be this engine.
    const timer = window.setTimeout(reload, Math.max(0, deadlineMs - Date.now()) + 1_500);
    return () => window.clearTimeout(timer);
  }, [deadlineMs, reload]);
  return value?.pending;
}

function useInterfaceEvents(uri: string, reload: () => void): void {
  useEffect(() => {
    let timer: number | undefined;
    const end = engine.subscribe((message) => {
      if (message.channel !== 'engine' || message.uri !== uri || message.event.type !== 'interfaces') return;
      window.clearTimeout(timer);
      timer = window.setTimeout(reload, quietMs);
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [uri, reload]);
}
