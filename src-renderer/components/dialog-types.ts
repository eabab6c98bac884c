export interface DialogProps {
  readonly title: string;
  readonly children: React.ReactNode;
  /** Buttons, the main one last. One with `data-start` stands at the other end. */
  readonly actions?: React.ReactNode;
  readonly wide?: boolean;
  readonly onClose: () => void;
  /** Enter in a field, or a submit button. */
  readonly onSubmit?: () => void;
}
