import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';

/** Writes down what a later engine must know of a guest, as it is now. */
export function recordStatus(context: GuestContext, record: GuestRecord, instance: Instance): void {
  const { facts } = instance;
  const xml = context.table.xml(record.uuid, { secure: true });
  context.status.write({
    uuid: record.uuid,
    name: record.name,
    id: facts.id,
    phase: instance.phase,
    ...(instance.process === undefined ? {} : { process: { ...onlyIdentity(instance.process) } }),
    helpers: instance.helpers.map(onlyIdentity),
    state: record.state,
    persistent: record.persistent,
    once: facts.once,
    rebooting: instance.rebooting || instance.restarting,
    autodestroy: facts.autodestroy,
    startedMs: facts.startedMs,
    emulator: facts.emulator,
    accelerator: facts.accelerator,
    ...(facts.note === undefined ? {} : { note: facts.note }),
    xml,
    definition: context.table.runningDefinition(record) ?? xml,
  });
}

const onlyIdentity = ({ pid, startTime }: { pid: number; startTime: number }): { pid: number; startTime: number } => ({
  pid,
  startTime,
});
