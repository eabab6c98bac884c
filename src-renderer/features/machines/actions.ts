/** Does what the commands say, to one machine or many. */
import { engine, errorDataOf } from '../../app/client.ts';
import { confirm } from '../../app/feedback/confirm.tsx';
import { delayed } from '../../app/feedback/delayed.ts';
import { forEachLimited } from '../../app/feedback/each.ts';
import { dismiss, notify, reportError } from '../../app/feedback/notices.ts';
import { errorText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { useSettings } from '../../app/store/settings-store.ts';

/** Enough to keep two cores busy, few enough to stay answerable. */
const atOnce = 4;
const undoMs = 5000;

export type SimpleVerb = 'start' | 'resume' | 'suspend' | 'shutdown' | 'reboot' | 'reset' | 'managedSave';

/** Resolves when every machine was asked; failures are told, several as one message. */
async function forAll(machines: readonly Machine[], action: (machine: Machine) => Promise<unknown>): Promise<void> {
  const failures = await forEachLimited(machines, atOnce, action);
  const [first] = failures;
  if (first === undefined) return;
  if (failures.length === 1) {
    reportError(first.error);
    return;
  }
  const error = errorDataOf(first.error);
  notify({
    tone: 'danger',
    text: t('machines:failed', { count: failures.length, total: machines.length }),
    error: {
      ...error,
      details: failures
        .map(({ item, error: each }) => `${item.name}: ${errorText(errorDataOf(each)).message}`)
        .join('\n'),
    },
    timeoutMs: 15_000,
  });
}

export async function runVerb(verb: SimpleVerb, machines: readonly Machine[]): Promise<void> {
  await forAll(machines, async ({ uri, uuid }) => {
    switch (verb) {
      case 'managedSave':
        await engine.call('domains.managed-save', { uri, uuid });
        return;
      case 'start':
        await engine.call('domains.start', { uri, uuid });
        return;
      case 'resume':
      case 'suspend':
      case 'shutdown':
      case 'reboot':
      case 'reset':
        await engine.call(`domains.${verb}`, { uri, uuid });
    }
  });
}

/** Pulling the plug: one is asked about (unless that is switched off), several wait five seconds with Undo. */
export async function forceOff(machines: readonly Machine[]): Promise<void> {
  const [only] = machines;
  if (only === undefined) return;
  const destroy = (): Promise<void> =>
    forAll(machines, ({ uri, uuid }) => engine.call('domains.destroy', { uri, uuid }));
  if (machines.length > 1) {
    const action = delayed(undoMs, () => {
      dismiss(id);
      destroy().catch(reportError);
    });
    const id = notify({
      tone: 'info',
      text: t('machines:forceOff.pending', { count: machines.length }),
      countdownMs: undoMs,
      action: { label: t('action.undo'), run: () => action.cancel() },
    });
    return;
  }
  const sure =
    !useSettings.getState().confirmForceOff ||
    (await confirm({
      title: t('machines:forceOff.title', { name: only.name }),
      text: t('machines:forceOff.text'),
      confirm: t('machines:verb.destroy'),
      danger: true,
    }));
  if (sure) await destroy();
}

export async function discardSavedState(machines: readonly Machine[]): Promise<void> {
  const [only] = machines;
  if (only === undefined) return;
  const sure = await confirm({
    title: t('machines:discardSave.title', { name: only.name, count: machines.length }),
    text: t('machines:discardSave.text'),
    confirm: t('machines:verb.managedSaveRemove'),
    danger: true,
  });
  if (sure) await forAll(machines, ({ uri, uuid }) => engine.call('domains.managed-save-remove', { uri, uuid }));
}

export async function setAutostart(machines: readonly Machine[], autostart: boolean): Promise<void> {
  await forAll(machines, ({ uri, uuid }) => engine.call('domains.set-autostart', { uri, uuid, autostart }));
}

export async function rename({ uri, uuid, name }: Machine, next: string): Promise<void> {
  if (next === name || next === '') return;
  await engine.call('domains.rename', { uri, uuid, name: next });
}

export interface Organisation {
  /** Empty: out of every folder. */
  readonly folder?: string;
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
}

export async function organise(
  machines: readonly Machine[],
  { folder, addTags, removeTags }: Organisation,
): Promise<void> {
  for (const uri of new Set(machines.map((machine) => machine.uri))) {
    await engine.call('domains.organise', {
      uri,
      uuids: machines.filter((machine) => machine.uri === uri).map((machine) => machine.uuid),
      ...(folder === undefined ? {} : { folder }),
      ...(addTags === undefined ? {} : { addTags: [...addTags] }),
      ...(removeTags === undefined ? {} : { removeTags: [...removeTags] }),
    });
  }
}

export interface Deletion {
  readonly machine: Machine;
  /** Paths of disks that go into the bin with it. */
  readonly disks: readonly string[];
}

/** Moves machines to the bin, and offers to take them out again. */
export async function moveToBin(deletions: readonly Deletion[]): Promise<void> {
  const entries: string[] = [];
  const failures = await forEachLimited(deletions, 1, async ({ machine: { uri, uuid }, disks }) => {
    const entry = await engine.call('domains.delete', { uri, uuid, disks: [...disks] });
    entries.push(entry.id);
  });
  for (const { error } of failures) reportError(error);
  if (entries.length === 0) return;
  const only = entries.length === 1 && deletions.length === 1 ? deletions[0]?.machine.name : undefined;
  notify({
    tone: 'ok',
    text:
      only === undefined
        ? t('machines:bin.moved', { count: entries.length })
        : t('machines:bin.movedOne', { name: only }),
    timeoutMs: 10_000,
    action: {
      label: t('action.undo'),
      run: () => {
        forEachLimited(entries, 1, (id) => engine.call('bin.restore', { id })).then((failed) => {
          for (const { error } of failed) reportError(error);
        }, reportError);
      },
    },
  });
}
