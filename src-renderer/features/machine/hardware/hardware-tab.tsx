export default function HardwareTab(_props: {
  machine: import('../../../app/store/inventory.ts').Machine;
  definition: import('../edit/use-definition.ts').Definition;
}): React.JSX.Element {
  return <p>…</p>;
}
