/** Upstream's expected commands: one an unescaped line, arguments as a shell reads them. */
export function readCommands(text: string): string[][] {
  return text
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => [...line.matchAll(/(?:'([^']*)'|"([^"]*)"|([^\s'"]+))+/g)].map((match) => unquote(match[0])));
}

const unquote = (word: string): string =>
  word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double);
