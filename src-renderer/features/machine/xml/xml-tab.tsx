import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { isChanged } from '../../../app/edit/draft.ts';
import type { Definition } from '../edit/use-definition.ts';
import XmlEditing from './xml-editing.tsx';
import styles from './xml-tab.module.css';

/** The definition as text. The same edit as the hardware page's, seen from the other side. */
export default function XmlTab({ definition }: { definition: Definition }): React.JSX.Element | undefined {
  const { draft, error, setText, discard } = definition;
  if (draft !== undefined) {
    return <XmlEditing text={draft.text} isChanged={isChanged(draft)} setText={setText} discard={discard} />;
  }
  return error === undefined ? undefined : (
    <div className={styles.error}>
      <ErrorPanel error={error} />
    </div>
  );
}
