import { useEffect } from 'react';
import { onLibvirtClients } from '../../../app/feed.ts';
import { type Answer, useAnswer } from '../../../app/use-answer.ts';

/** A question about libvirt's clients, asked again whenever one comes or goes, or a door is opened or closed. */
export function useClientsAnswer<T>(key: string, ask: () => Promise<T>): Answer<T> {
  const answer = useAnswer(key, ask);
  const { reload } = answer;
  useEffect(() => onLibvirtClients(reload), [reload]);
  return answer;
}
