import Autocomplete from '@mui/material/Autocomplete';
import TextField from '@mui/material/TextField';
import ChevronsUpDown from 'lucide-react/icons/chevrons-up-down';
import { useFieldAttributes } from './field.tsx';
import { Icon } from './icon.tsx';
import { matching } from './matching.ts';
import styles from './combobox.module.css';

export interface ComboOption {
  readonly value: string;
  readonly label: string;
  /** Shown at the end of the line, and searched. */
  readonly detail?: string;
  /** Searched, not shown. */
  readonly also?: string;
}

export interface ComboboxProps {
  readonly value: string | undefined;
  readonly options: readonly ComboOption[];
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly noneLabel: string;
  readonly openLabel: string;
  readonly 'aria-label'?: string;
}

/** A long list makes a slow list: only so many matches are drawn, more words find the rest. */
const shownAtMost = 80;

/** A list to search in. */
export function Combobox(props: ComboboxProps): React.JSX.Element {
  const { value, options, onChange, placeholder, noneLabel, openLabel } = props;
  const { id, ...attributes } = useFieldAttributes();
  return (
    <Autocomplete
      fullWidth
      disableClearable
      {...(id === undefined ? {} : { id })}
      options={options}
      // MUI wants a value of the list or null.
      value={(options.find((option) => option.value === value) ?? null) as ComboOption}
      getOptionLabel={(option) => option.label}
      isOptionEqualToValue={(option, chosen) => option.value === chosen.value}
      filterOptions={(all, { inputValue }) => matching(all, inputValue).slice(0, shownAtMost)}
      onChange={(_event, option) => onChange(option.value)}
      noOptionsText={noneLabel}
      openText={openLabel}
      popupIcon={<Icon of={ChevronsUpDown} />}
      renderOption={({ key: _key, ...option }, { value: optionValue, label, detail }) => (
        <li {...option} key={optionValue}>
          <span className="truncate">{label}</span>
          {detail !== undefined && <span className={styles.detail}>{detail}</span>}
        </li>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          {...(placeholder === undefined ? {} : { placeholder })}
          slotProps={{
            ...params.slotProps,
            htmlInput: {
              ...params.slotProps.htmlInput,
              ...attributes,
              'aria-label': props['aria-label'],
              spellCheck: false,
            },
          }}
        />
      )}
    />
  );
}
