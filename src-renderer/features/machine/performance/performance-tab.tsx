export default function PerformanceTab(_props: {
  machine: import('../../../app/store/inventory.ts').Machine;
}): React.JSX.Element {
  return <p>…</p>;
}
