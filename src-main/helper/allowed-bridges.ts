/**
 * QEMU's `bridge.conf`: the bridges that guests of any user may join, as the administrator lists them for QEMU's own
 * helper. The first line that matches counts; what no line is about is denied. Files that it includes are not followed:
 * they can be for single users, which only QEMU's helper, running as the user, can tell.
 */
export const bridgeRules = '/etc/qemu/bridge.conf';

/** Pure, for the text of the file. */
export function allowsBridge(text: string, bridge: string): boolean {
  for (const line of text.split('\n')) {
    const [word, name] = line.trim().split(/\s+/);
    if (name !== bridge && name !== 'all') continue;
    if (word === 'allow') return true;
    if (word === 'deny') return false;
  }
  return false;
}
