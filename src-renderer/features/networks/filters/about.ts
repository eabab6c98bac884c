import { t, textOf } from '../../../app/i18n.ts';

/** What a predefined filter is for; of others only their authors know. */
export const aboutFilter = (name: string): string => textOf(`filters:about.${name}`, t('filters:own'));
