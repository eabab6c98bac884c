/** Makes good what a crash left undone of a store: the last record of each name in its journal says how its file should be. */
import { closeSync, constants, fsyncSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readIfThere, removeIfThere } from '../host/files.ts';
import type { Journal, JournalRecord } from './journal.ts';

export interface Recovery {
  /** The file of an object. */
  pathOf(name: string): string;
  /** The name in a text. Throws for what is not whole. */
  nameIn(text: string): string;
  /** A text that is replaced and that nobody else has. */
  keep(uuid: string, text: string): void;
}

/** @returns the path of a journal that ends in the midst of a record, which nobody was told is done: it is put aside. */
export function recover(journal: Journal, recovery: Recovery): string | undefined {
  const content = journal.read();
  const last = new Map<string, { readonly record: JournalRecord; readonly text: string | undefined }>();
  for (const record of content.records) {
    last.set(record.name, { record, text: record.text ?? last.get(record.name)?.text });
  }
  const folders = new Set<string>();
  for (const { record, text } of last.values()) {
    makeGood(record, text, recovery);
    folders.add(dirname(recovery.pathOf(record.name)));
  }
  for (const folder of folders) flush(folder, constants.O_DIRECTORY);
  return journal.startOver(content);
}

function makeGood(record: JournalRecord, text: string | undefined, recovery: Recovery): void {
  const path = recovery.pathOf(record.name);
  const found = readIfThere(path);
  if (record.text === undefined) {
    // A file that came back after its removal is the one the journal knows; another one is somebody else's.
    if (found !== undefined && found === text) removeIfThere(path);
    return;
  }
  if (found !== record.text) {
    if (found !== undefined && isNewer(path, found, record, recovery)) return;
    replace(path, record.text);
  }
  flush(path, 0);
}

/** Somebody changed it since. What is not whole is replaced; it is kept if it is not ours. */
function isNewer(path: string, found: string, { name, uuid, timeMs, text = '' }: JournalRecord, of: Recovery): boolean {
  try {
    return of.nameIn(found) === name && statSync(path).mtimeMs > timeMs;
  } catch {
    // A power cut leaves the beginning of our text, or zeros.
    if (!text.startsWith(found.replace(/\0+$/, ''))) of.keep(uuid, found);
    return false;
  }
}

function replace(path: string, text: string): void {
  const temporary = join(dirname(path), `.${process.pid}-0.new`);
  writeFileSync(temporary, text, { mode: 0o600 });
  flush(temporary, 0);
  renameSync(temporary, path);
}

function flush(path: string, flag: number): void {
  const file = openSync(path, constants.O_RDONLY | flag);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
