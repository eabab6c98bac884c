import { textOf } from '../../../app/i18n.ts';
import { Field } from '../../../components/field.tsx';
import { Select } from '../../../components/inputs.tsx';

/** A labelled choice among words; one that is not among them but set is shown too, and kept. */
export function Choice<V extends string>(props: {
  label: string;
  hint?: React.ReactNode;
  value: string;
  values: readonly V[];
  /** Where the words' own names are: `machine:cache`. */
  names: string;
  onChange: (value: V) => void;
}): React.JSX.Element {
  const { label, hint, value, values, names, onChange } = props;
  const known: readonly string[] = values;
  const options = known.includes(value) ? known : [value, ...known];
  return (
    <Field label={label} hint={hint}>
      <Select
        value={value}
        options={options.map((each) => ({ value: each, label: textOf(`${names}.${each.replaceAll('.', '-')}`, each) }))}
        onChange={(next) => {
          const chosen = values.find((each) => each === next);
          if (chosen !== undefined) onChange(chosen);
        }}
      />
    </Field>
  );
}
