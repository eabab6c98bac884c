import { useState } from 'react';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { t } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { Select, Switch, TextInput } from '../../../components/inputs.tsx';
import { Forwards } from '../../create/forwards.tsx';
import { connectionLabel, useNetworkChoices, withCurrent } from '../../networks/choices.ts';
import { CardFilter } from '../../networks/filters/card-filter.tsx';
import {
  cardModels,
  connectionOf,
  forwardsOf,
  isMac,
  setCardModel,
  setConnection,
  setForwards,
  setLink,
  setMac,
} from '../edit/cards.ts';
import { canFilter, filterOf, setFilter } from '../edit/card-filter.ts';
import { Choice } from './choice.tsx';
import type { Edit } from './item.ts';

export function CardForm(props: {
  domain: Domain;
  index: number;
  edit: Edit;
  uri: string;
}): React.JSX.Element | undefined {
  const { domain, index, edit, uri } = props;
  const card = domain.devices?.interface[index];
  const [mac, setMacText] = useState<string>();
  const choices = useNetworkChoices(uri).filter((choice) => choice !== 'none');
  if (card === undefined) return undefined;
  const connection = connectionOf(card);
  const shown = mac ?? card.mac?.address ?? '';
  return (
    <>
      <Switch
        label={t('machine:card.plugged')}
        checked={card.link?.state !== 'down'}
        onChange={(up) => edit((now) => setLink(now, index, up))}
      />
      {connection !== undefined && (
        <Field label={t('create:network.label')}>
          <Select
            value={connection}
            options={withCurrent(choices, connection).map((value) => ({ value, label: connectionLabel(value) }))}
            onChange={(value) => edit((now) => setConnection(now, index, value))}
          />
        </Field>
      )}
      <Choice
        label={t('create:network.model')}
        value={card.model?.type ?? 'rtl8139'}
        values={cardModels}
        names="create:netModel"
        onChange={(model) => edit((now) => setCardModel(now, index, model))}
      />
      <Field
        label={t('machine:card.mac')}
        error={isMac(shown) || shown === '' ? undefined : t('machine:card.macError')}
      >
        <TextInput
          mono
          value={shown}
          maxLength={17}
          placeholder={t('machine:card.macChosen')}
          onBlur={() => {
            if (mac === undefined) return;
            // What is not one is staged too: the edit says what is wrong with it, and can't be applied.
            edit((now) => setMac(now, index, mac));
            setMacText(undefined);
          }}
          onChange={(text) => {
            const typed = text.trim().toLowerCase().replaceAll('-', ':');
            setMacText(typed);
            if (isMac(typed)) edit((now) => setMac(now, index, typed));
          }}
        />
      </Field>
      {canFilter(card) && (
        <CardFilter
          uri={uri}
          filter={filterOf(card)}
          onChange={(filter) => edit((now) => setFilter(now, index, filter))}
        />
      )}
      {card.type === 'user' && (
        <Forwards
          forwards={forwardsOf(card)}
          onChange={(forwards) => edit((now) => setForwards(now, index, forwards))}
        />
      )}
    </>
  );
}
