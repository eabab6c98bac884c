import styles from './tag-list.module.css';

export function TagList({ tags }: { tags: readonly string[] }): React.JSX.Element {
  return (
    <span className={styles.tags} data-tip={tags.length > 1 ? tags.join(', ') : undefined}>
      {tags.map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}
