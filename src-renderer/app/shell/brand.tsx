/** The application's mark: a shoot under glass. */
export function Brand(): React.JSX.Element {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      focusable={false}
    >
      <path d="M5 20V11a7 7 0 0 1 14 0v9" />
      <path d="M3 20h18" />
      <path d="M12 20v-7" />
      <path d="M12 15.5c0-2.4-1.3-3.7-3.6-3.8 0 2.4 1.3 3.7 3.6 3.8Z" fill="currentColor" fillOpacity="0.25" />
      <path d="M12 13c0-2.3 1.3-3.6 3.6-3.7 0 2.3-1.3 3.6-3.6 3.7Z" fill="currentColor" fillOpacity="0.25" />
    </svg>
  );
}
