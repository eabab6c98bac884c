import MuiTab from '@mui/material/Tab';
import MuiTabs from '@mui/material/Tabs';

export interface Tab<V extends string> {
  readonly value: V;
  readonly label: string;
}

/** A row of tabs; the panel it controls has the id `panelId` and `role="tabpanel"`. Left and Right move. */
export function Tabs<V extends string>(props: {
  label: string;
  tabs: readonly Tab<V>[];
  value: V;
  panelId: string;
  onChange: (value: V) => void;
}): React.JSX.Element {
  const { label, tabs, value, panelId, onChange } = props;
  return (
    <MuiTabs aria-label={label} value={value} selectionFollowsFocus onChange={(_event, next: V) => onChange(next)}>
      {tabs.map((tab) => (
        <MuiTab key={tab.value} value={tab.value} label={tab.label} aria-controls={panelId} />
      ))}
    </MuiTabs>
  );
}
