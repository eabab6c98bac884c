/** Lets a shell's libvirt clients use this engine. */
import { join } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import { xdgDirectories } from '../../host/xdg.ts';
import { libvirtSocketName, libvirtUri } from '../../rpc/door.ts';
import { type Command, report, valueOf } from '../command.ts';
import { usageError } from '../parse.ts';

const variable = 'LIBVIRT_DEFAULT_URI';

/** How each kind of shell sets a variable; what is quoted is safe in all of them. */
const assignments: Readonly<Record<string, (value: string) => string>> = {
  sh: (value) => `export ${variable}=${value}`,
  fish: (value) => `set -gx ${variable} ${value}`,
  csh: (value) => `setenv ${variable} ${value}`,
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const envCommand: Command = {
  name: 'env',
  group: 'Host',
  summary: "print the setting with which virsh and libvirt's other clients use this engine",
  description:
    '`eval "$(vivarium env)"` lets `virsh`, `virt-viewer`, `virt-install`, virt-manager and every libvirt language binding ' +
    'that are started from the same shell use the engine. Each of them also takes the URI by itself: ' +
    '`virsh -c "$LIBVIRT_DEFAULT_URI"`.',
  options: [{ name: 'shell', value: 'SHELL', help: 'whose syntax to print', words: Object.keys(assignments) }],
  needs: 'engine',
  run(session, invocation) {
    const shell = valueOf(invocation, 'shell') ?? 'sh';
    const assign = assignments[shell];
    if (assign === undefined) {
      throw usageError(`'${shell}' is not a shell: ${Object.keys(assignments).join(', ')}`, 'vivarium help env');
    }
    if (session.uri.startsWith('test:')) {
      throw new VirError({
        code: 'operation-unsupported',
        domain: 'none',
        message: `'${session.uri}' can't be reached from outside.`,
        cause: 'A connection in memory lives and ends with the command that opened it.',
      });
    }
    const uri = libvirtUri(session.uri, join(xdgDirectories().runtime, libvirtSocketName));
    return Promise.resolve(report(session, assign(quoted(uri)), { [variable]: uri }));
  },
};
