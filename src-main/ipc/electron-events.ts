/** Announcements on their way to one window: in order, at most one message a frame. */
import type { ContractEvent } from '../../src-shared/contract/index.ts';

const frameMs = 16;

export interface EventBatch {
  add(event: ContractEvent): void;
  close(): void;
}

/**
 * Collects events and hands them over together. What a later event of the same object says better (a summary, a
 * sample, a job's progress) replaces the earlier one, so that a flood costs the window no more than it can show.
 */
export function eventBatch(send: (events: readonly ContractEvent[]) => void): EventBatch {
  let waiting = new Map<string | symbol, ContractEvent>();
  let timer: NodeJS.Timeout | undefined;
  let sentMs = 0;
  const flush = (): void => {
    timer = undefined;
    sentMs = performance.now();
    const events = [...waiting.values()];
    waiting = new Map();
    send(events);
  };
  return {
    add(event) {
      const key = replacedBy(event) ?? Symbol();
      // Deleted first, so that it takes the place of the newest: a summary comes after the event that caused it.
      waiting.delete(key);
      waiting.set(key, event);
      timer ??= setTimeout(flush, Math.max(0, frameMs - (performance.now() - sentMs)));
    },
    close() {
      clearTimeout(timer);
      waiting.clear();
    },
  };
}

function replacedBy(event: ContractEvent): string | undefined {
  switch (event.channel) {
    case 'settings':
    case 'prompts':
    case 'libvirt-clients':
      return event.channel;
    case 'connection':
      return `connection ${event.connection.uri}`;
    case 'job':
      return `job ${event.job.id}`;
    case 'command':
    case 'connection-forgotten':
      return undefined;
    case 'engine':
      if (event.event.type === 'domain-summary') return `summary ${event.uri} ${event.event.summary.uuid}`;
      if (event.event.type === 'stats') return `stats ${event.uri}`;
      if (event.event.type === 'capture') return `capture ${event.uri} ${event.event.capture.id}`;
      if (event.event.type === 'job') return `engine-job ${event.event.job.id}`;
      return undefined;
  }
}
