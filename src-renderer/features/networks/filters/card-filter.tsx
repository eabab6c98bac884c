import type { FilterReference } from '../../../../src-shared/model/domain/interface.ts';
import { engine } from '../../../app/client.ts';
import { t } from '../../../app/i18n.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Field } from '../../../components/field.tsx';
import { Select, TextInput } from '../../../components/inputs.tsx';

/** Which network filter a card's packets pass, and as whom. */
export function CardFilter(props: {
  uri: string;
  filter: FilterReference | undefined;
  onChange: (filter: FilterReference | undefined) => void;
}): React.JSX.Element | undefined {
  const { uri, filter, onChange } = props;
  const { value } = useAnswer(uri, async () => await engine.call('nwfilters.list', { uri }));
  // A connection without filters shows none, unless the card names one.
  if (value === undefined && filter === undefined) return undefined;
  const names = (value ?? []).map(({ name }) => name).toSorted();
  const chosen = filter?.filter;
  const isUnknown = chosen !== undefined && !names.includes(chosen);
  const address = filter?.parameter.find(({ name }) => name === 'IP')?.value ?? '';
  return (
    <>
      <Field label={t('filters:pick')} hint={t('filters:pickHint')}>
        <Select
          value={chosen ?? ''}
          options={[
            { value: '', label: t('filters:pickNone') },
            ...(isUnknown ? [{ value: chosen, label: t('filters:pickUnknown', { name: chosen }) }] : []),
            ...names.map((name) => ({ value: name, label: name })),
          ]}
          onChange={(name) => onChange(name === '' ? undefined : { filter: name, parameter: filter?.parameter ?? [] })}
        />
      </Field>
      {filter !== undefined && (
        <Field label={t('filters:pickAddress')} hint={t('filters:pickAddressHint')}>
          <TextInput
            mono
            value={address}
            maxLength={39}
            onChange={(text) => onChange({ ...filter, parameter: withAddress(filter.parameter, text.trim()) })}
          />
        </Field>
      )}
    </>
  );
}

function withAddress(parameter: FilterReference['parameter'], value: string): FilterReference['parameter'] {
  const others = parameter.filter(({ name }) => name !== 'IP');
  return value === '' ? others : [...others, { name: 'IP', value }];
}
