import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import Copy from 'lucide-react/icons/copy';
import Undo from 'lucide-react/icons/undo-2';
import Wand from 'lucide-react/icons/wand-sparkles';
import { useEffect, useMemo, useRef } from 'react';
import { checkDocument } from '../../../../src-shared/model/document.ts';
import { copyText, ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { type Draft, isChanged } from '../edit/draft.ts';
import type { Definition } from '../edit/use-definition.ts';
import { createEditor, type XmlEditor } from './editor.ts';
import styles from './xml-tab.module.css';

/** The definition as text. The same edit as the hardware page's, seen from the other side. */
export default function XmlTab({ definition }: { definition: Definition }): React.JSX.Element | undefined {
  const { draft, error } = definition;
  if (draft !== undefined) return <Editing draft={draft} definition={definition} />;
  return error === undefined ? undefined : (
    <div className={styles.error}>
      <ErrorPanel error={error} />
    </div>
  );
}

function Editing({ draft, definition }: { draft: Draft; definition: Definition }): React.JSX.Element {
  const { setText, discard } = definition;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<XmlEditor>(undefined);
  const first = useRef(draft.text);
  const { text } = draft;
  const { issues, formatted } = useMemo(() => checkDocument(text), [text]);

  useEffect(() => {
    if (place.current === null) return;
    const made = createEditor(place.current, {
      text: first.current,
      label: t('machine:xml.label'),
      onChange: setText,
    });
    editor.current = made;
    made.focus();
    return () => {
      made.destroy();
      editor.current = undefined;
    };
  }, [setText]);
  useEffect(() => {
    editor.current?.setText(text);
  }, [text]);

  return (
    <div className={styles.xml}>
      <div className={styles.bar}>
        {issues.length === 0 ? (
          <Badge tone="ok" icon={CircleCheck}>
            {t('machine:xml.valid')}
          </Badge>
        ) : (
          <Badge tone="danger" icon={CircleAlert}>
            {t('machine:xml.issues', { count: issues.length, line: issues[0]?.line ?? 0 })}
          </Badge>
        )}
        <span className={styles.hint}>{t('machine:xml.hint')}</span>
        <span className={styles.space} />
        <Button variant="quiet" icon={Copy} onClick={() => copyText(text)}>
          {t('action.copy')}
        </Button>
        <Button
          variant="quiet"
          icon={Wand}
          disabled={formatted === undefined || formatted === text}
          onClick={() => {
            if (formatted !== undefined) setText(formatted);
          }}
        >
          {t('machine:xml.format')}
        </Button>
        <Button variant="quiet" icon={Undo} disabled={!isChanged(draft)} onClick={discard}>
          {t('machine:xml.revert')}
        </Button>
      </div>
      <div ref={place} className={styles.editor} />
    </div>
  );
}
