/** Controls of forms: MUI's, tied to the `Field` they stand in. */
import MuiCheckbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import MuiMenuItem from '@mui/material/MenuItem';
import OutlinedInput from '@mui/material/OutlinedInput';
import MuiSelect from '@mui/material/Select';
import MuiSlider from '@mui/material/Slider';
import MuiSwitch from '@mui/material/Switch';
import ChevronsUpDown from 'lucide-react/icons/chevrons-up-down';
import Square from 'lucide-react/icons/square';
import SquareCheck from 'lucide-react/icons/square-check';
import SquareMinus from 'lucide-react/icons/square-minus';
import { useId, useState } from 'react';
import field from './field.module.css';
import { useFieldAttributes } from './field.tsx';
import { Icon } from './icon.tsx';
import styles from './inputs.module.css';

export interface TextInputProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'url';
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
  readonly readOnly?: boolean;
  readonly maxLength?: number;
  /** Present: several lines. */
  readonly rows?: number;
  readonly mono?: boolean;
  readonly 'aria-label'?: string;
  readonly onKeyDown?: (event: React.KeyboardEvent) => void;
  readonly onBlur?: () => void;
  /** Selects the text when it gets the focus, as far as its first dot. */
  readonly selectName?: boolean;
}

export function TextInput(props: TextInputProps): React.JSX.Element {
  const { value, onChange, type, rows, mono, maxLength, selectName, 'aria-label': label, ...rest } = props;
  const { id, 'aria-invalid': invalid, ...attributes } = useFieldAttributes();
  return (
    <OutlinedInput
      {...rest}
      {...(id === undefined ? {} : { id })}
      fullWidth
      type={type ?? 'text'}
      error={invalid === true}
      {...(rows === undefined ? {} : { multiline: true, minRows: rows })}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onFocus={(event) => {
        if (selectName === true) event.target.select();
      }}
      slotProps={{
        input: {
          ...attributes,
          'aria-label': label,
          maxLength,
          spellCheck: false,
          autoComplete: 'off',
          ...(mono === true ? { className: styles.mono } : {}),
        },
      }}
    />
  );
}

export interface NumberInputProps {
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly unit?: string;
  readonly disabled?: boolean;
  readonly 'aria-label'?: string;
}

/** A number with its unit. Half-typed text stays as typed; only a number in range is passed on. */
export function NumberInput(props: NumberInputProps): React.JSX.Element {
  const { value, onChange, min = 0, max = Infinity, step = 1, unit, disabled, 'aria-label': label } = props;
  const [draft, setDraft] = useState<string>();
  const inRange = (text: string): boolean => {
    const number = Number(text);
    return text.trim() !== '' && Number.isFinite(number) && number >= min && number <= max;
  };
  const shown = draft ?? String(value);
  const { id, 'aria-invalid': invalid, ...attributes } = useFieldAttributes();
  return (
    <span className={styles.withUnit}>
      <OutlinedInput
        {...(id === undefined ? {} : { id })}
        type="number"
        className={styles.number}
        disabled={disabled === true}
        error={invalid === true || !inRange(shown)}
        value={shown}
        onChange={(event) => {
          const text = event.target.value;
          setDraft(text);
          if (inRange(text)) onChange(Number(text));
        }}
        onBlur={() => setDraft(undefined)}
        slotProps={{
          input: { ...attributes, 'aria-label': label, min, max: Number.isFinite(max) ? max : undefined, step },
        }}
      />
      {unit !== undefined && <span className={styles.unit}>{unit}</span>}
    </span>
  );
}

export interface Option<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly disabled?: boolean;
}

export interface SelectProps<V extends string> {
  readonly value: V;
  readonly options: readonly Option<V>[];
  readonly onChange: (value: V) => void;
  readonly disabled?: boolean;
  readonly 'aria-label'?: string;
}

const SelectIcon = ({ className }: { className?: string }): React.JSX.Element => (
  <Icon of={ChevronsUpDown} className={className} />
);

export function Select<V extends string>(props: SelectProps<V>): React.JSX.Element {
  const { value, options, onChange, disabled, 'aria-label': label } = props;
  const { id, 'aria-describedby': describedBy } = useFieldAttributes();
  return (
    <MuiSelect
      fullWidth
      value={value}
      disabled={disabled === true}
      IconComponent={SelectIcon}
      SelectDisplayProps={{
        ...(id === undefined ? {} : { id, 'aria-labelledby': `${id}-label ${id}` }),
        ...(label === undefined ? {} : { 'aria-label': label }),
        ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
      }}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <MuiMenuItem key={option.value} value={option.value} disabled={option.disabled === true}>
          {option.label}
        </MuiMenuItem>
      ))}
    </MuiSelect>
  );
}

export interface CheckProps {
  readonly label: React.ReactNode;
  readonly hint?: React.ReactNode;
  readonly checked: boolean;
  readonly indeterminate?: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Checkbox({ label, hint, checked, indeterminate, disabled, onChange }: CheckProps): React.JSX.Element {
  const hintId = useId();
  return (
    <FormControlLabel
      disabled={disabled === true}
      label={<CheckText label={label} hint={hint} hintId={hintId} />}
      control={
        <MuiCheckbox
          className={styles.box}
          checked={checked}
          indeterminate={indeterminate === true}
          icon={<Icon of={Square} />}
          checkedIcon={<Icon of={SquareCheck} />}
          indeterminateIcon={<Icon of={SquareMinus} />}
          slotProps={{ input: hint === undefined ? {} : { 'aria-describedby': hintId } }}
          onChange={(_event, next) => onChange(next)}
        />
      }
    />
  );
}

/** For what takes effect at once. */
export function Switch({ label, hint, checked, disabled, onChange }: CheckProps): React.JSX.Element {
  const hintId = useId();
  return (
    <FormControlLabel
      disabled={disabled === true}
      label={<CheckText label={label} hint={hint} hintId={hintId} />}
      control={
        <MuiSwitch
          checked={checked}
          slotProps={{ input: { role: 'switch', ...(hint === undefined ? {} : { 'aria-describedby': hintId }) } }}
          onChange={(_event, next) => onChange(next)}
        />
      }
    />
  );
}

function CheckText(props: { label: React.ReactNode; hint: React.ReactNode; hintId: string }): React.JSX.Element {
  return (
    <span className={styles.checkText}>
      {props.label}
      {props.hint !== undefined && (
        <span id={props.hintId} className={field['hint']}>
          {props.hint}
        </span>
      )}
    </span>
  );
}

export function Slider(props: {
  value: number;
  min: number;
  max: number;
  step: number;
  label: string;
  valueText: (value: number) => string;
  onChange: (value: number) => void;
}): React.JSX.Element {
  const { value, min, max, step, label, valueText, onChange } = props;
  return (
    <MuiSlider
      value={value}
      min={min}
      max={max}
      step={step}
      aria-label={label}
      getAriaValueText={valueText}
      onChange={(_event, next) => onChange(next)}
    />
  );
}
