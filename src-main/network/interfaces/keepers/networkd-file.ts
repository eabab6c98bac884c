/** `systemd.network(5)` and `systemd.netdev(5)`: sections with options that may come several times. Pure. */
export interface Unit {
  readonly path: string;
  readonly options: readonly (readonly [section: string, name: string, value: string])[];
}

export function readUnit(path: string, text: string): Unit {
  let section = '';
  const options = text.split('\n').flatMap((each): (readonly [string, string, string])[] => {
    const line = each.trim();
    const opened = /^\[(.+)\]$/.exec(line)?.[1];
    if (opened !== undefined) section = opened;
    const at = line.indexOf('=');
    if (opened !== undefined || line.startsWith('#') || line.startsWith(';') || at === -1) return [];
    return [[section, line.slice(0, at).trim(), line.slice(at + 1).trim()]];
  });
  return { path, options };
}

/** All values of an option. */
export const option = ({ options }: Unit, section: string, name: string): readonly string[] =>
  options.filter(([of, word]) => of === section && word === name).map(([, , value]) => value);
