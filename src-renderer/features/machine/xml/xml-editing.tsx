import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import Copy from 'lucide-react/icons/copy';
import Undo from 'lucide-react/icons/undo-2';
import Wand from 'lucide-react/icons/wand-sparkles';
import { useEffect, useMemo, useRef } from 'react';
import { checkDocument } from '../../../../src-shared/model/document.ts';
import { copyText } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { createEditor, type XmlEditor } from './editor.ts';
import styles from './xml-tab.module.css';

/** A definition as text, checked against the schema of whatever it defines. */
export default function XmlEditing(props: {
  text: string;
  isChanged: boolean;
  setText: (text: string) => void;
  discard: () => void;
}): React.JSX.Element {
  const { text, isChanged, setText, discard } = props;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<XmlEditor>(undefined);
  const first = useRef(text);
  const change = useRef(setText);
  useEffect(() => {
    change.current = setText;
  });
  const { issues, formatted } = useMemo(() => checkDocument(text), [text]);

  useEffect(() => {
    if (place.current === null) return;
    const made = createEditor(place.current, {
      text: first.current,
      label: t('machine:xml.label'),
      onChange: (next) => change.current(next),
    });
    editor.current = made;
    made.focus();
    return () => {
      made.destroy();
      editor.current = undefined;
    };
  }, []);
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
        <Button variant="quiet" icon={Undo} disabled={!isChanged} onClick={discard}>
          {t('machine:xml.revert')}
        </Button>
      </div>
      <div ref={place} className={styles.editor} />
    </div>
  );
}
