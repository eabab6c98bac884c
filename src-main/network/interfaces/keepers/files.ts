/** Steps that write a keeper's files: one a file that differs, whose inverse is the file as it was, byte for byte. Pure. */
import { tell } from '../../../../src-shared/host-words.ts';
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
    const said = content === undefined ? 'hostFileRemove' : isNew ? 'hostFileWrite' : 'hostFileChange';
    return [
      {
        ...tell(said, { path }),
        action: { verb: 'file-write', path, ...(content === undefined ? {} : { content }) },
        inverse: {
          ...tell(isNew ? 'hostFileRemove' : 'hostFileBack', { path }),
          action: { verb: 'file-write', path, ...(isNew ? {} : { content: former }) },
        },
      },
    ];
  });
}
