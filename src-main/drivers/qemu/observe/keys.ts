import { VirError } from '../../../../src-shared/errors.ts';
import { type Codeset, qcodeOf } from '../../../../src-shared/keycodes.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { GuestContext } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';

const codesets: readonly Codeset[] = ['linux', 'xt', 'atset1', 'qnum', 'usb'];
/** libvirt's `VIR_DOMAIN_SEND_KEY_MAX_KEYS`. */
const mostKeys = 16;

/**
 * Presses keys together and holds them.
 * @throws VirError `invalid-arg` for a code that the code set does not have.
 */
export async function sendKey(
  context: GuestContext,
  uuid: string,
  codeset: string,
  codes: readonly number[],
  holdMs?: number,
): Promise<void> {
  const invalid = (message: Sentence): VirError => new VirError({ code: 'invalid-arg', domain: 'qemu', message });
  const set = codesets.find((name) => name === codeset);
  if (set === undefined) throw invalid(say`The code set '${codeset}' is not known; there are ${codesets.join(', ')}.`);
  if (codes.length === 0 || codes.length > mostKeys)
    throw invalid(say`From 1 to ${mostKeys} keys can be pressed at once.`);
  const keys = codes.map((code) => {
    const qcode = qcodeOf(set, code);
    if (qcode === undefined) throw invalid(say`The code set '${codeset}' has no key ${code}.`);
    return { type: 'qcode', data: qcode };
  });
  await context.table.modify(uuid, 'sendKey', async (record) => {
    context.table.requireActive(record);
    const hold = holdMs === undefined || holdMs === 0 ? {} : { 'hold-time': holdMs };
    await monitorOf(record).execute('send-key', { keys, ...hold });
  });
}

/** The interrupt that a guest's kernel can't ignore. */
export async function injectNmi(context: GuestContext, uuid: string): Promise<void> {
  await context.table.modify(uuid, 'injectNmi', async (record) => {
    context.table.requireActive(record);
    await monitorOf(record).execute('inject-nmi');
  });
}
