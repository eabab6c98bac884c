/** Steps that write a keeper's files: one a file that differs, whose inverse is the file as it was, byte for byte. Pure. */
import type { InterfaceFacts } from '../facts.ts';
import type { InterfaceStep } from '../plan-live.ts';

export function changed(
  before: InterfaceFacts['files'],
  then: Readonly<Record<string, string | undefined>>,
): readonly InterfaceStep[] {
  return Object.entries(then).flatMap(([path, content]): InterfaceStep[] => {
    const former = before[path];
    if (former === content) return [];
    const isNew = former === undefined;
    return [
      {
        sentence: content === undefined ? `Remove ${path}.` : isNew ? `Write ${path}.` : `Change ${path}.`,
        action: { verb: 'file-write', path, ...(content === undefined ? {} : { content }) },
        inverse: {
          sentence: isNew ? `Remove ${path}.` : `Put ${path} back as it was.`,
          action: { verb: 'file-write', path, ...(isNew ? {} : { content: former }) },
        },
      },
    ];
  });
}
