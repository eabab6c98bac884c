/** Upstream's expected commands: one an unescaped line, its words as a shell reads them. */
export function readCommands(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = `${word ?? ''}${character}`;
    } else if (character === '\\') {
      at += 1;
      if (text.charAt(at) !== '\n') word = `${word ?? ''}${text.charAt(at)}`;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === ' ' || character === '\n') {
      endWord();
      if (character === '\n' && words.length > 0) commands.push(words);
      if (character === '\n') words = [];
    } else word = `${word ?? ''}${character}`;
  }
  endWord();
  return words.length > 0 ? [...commands, words] : commands;
}
