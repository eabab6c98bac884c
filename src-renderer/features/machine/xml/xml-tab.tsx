export default function XmlTab(_props: {
  definition: import('../edit/use-definition.ts').Definition;
}): React.JSX.Element {
  return <p>…</p>;
}
