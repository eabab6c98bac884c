import { fileURLToPath } from 'node:url';

/** A module below scripts/, which is plain JavaScript: its user says what it expects there. */
export async function loadScript(path: string): Promise<unknown> {
  return (await import(scriptPath(path))) as unknown;
}

export const scriptPath = (path: string): string => fileURLToPath(new URL(`../../scripts/${path}`, import.meta.url));
