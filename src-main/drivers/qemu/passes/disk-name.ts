const prefixes = ['fd', 'hd', 'vd', 'sd', 'xvd', 'ubd'] as const;

/** `vda` is 0, `vdb` 1, `vdaa` 26; a partition's number does not count. `undefined`: not a disk's name. */
export function diskIndex(name: string): number | undefined {
  const prefix = prefixes.find((word) => name.startsWith(word));
  if (prefix === undefined) return undefined;
  const match = /^([a-z]+)(?:[1-9]\d*|0)?$/.exec(name.slice(prefix.length));
  if (match?.[1] === undefined) return undefined;
  let index = 0;
  for (const letter of match[1]) index = index * 26 + (letter.charCodeAt(0) - 96);
  return index - 1;
}
