export default function S(): React.JSX.Element { return <p>x</p>; }
