/** Whether the host finds the guests of a network by their names, as a line. */
import type { HostNames } from '../../../src-shared/model/network-host-names.ts';
import type { Sentence } from '../../../src-shared/words.ts';
import { hostText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';

const said = (sentence: Sentence | undefined): string | undefined =>
  typeof sentence === 'object' ? hostText(sentence.sentence, sentence.words) : sentence;

export function hostNamesText({ domain, reason, fix, names }: HostNames): string {
  if (reason !== undefined) {
    const why = [said(reason), said(fix)].filter((part) => part !== undefined).join(' ');
    return t('networks:hostNames.not', { why });
  }
  if (names.length === 0) return t('networks:hostNames.none', { domain: domain ?? '' });
  const each = names.map(({ name, found, resolves }) => {
    if (resolves) return name;
    return found.length === 0
      ? t('networks:hostNames.missing', { name })
      : t('networks:hostNames.elsewhere', { name, addresses: found.join(', ') });
  });
  return each.join(', ');
}
