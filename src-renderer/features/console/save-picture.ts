/** Saves a picture of the guest's screen where the user says. */
import { engine } from '../../app/client.ts';
import { notify } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';

export async function savePicture(machine: string, take: () => Promise<Blob>): Promise<void> {
  // Taken first: what was on the screen when the button was pressed.
  const picture = await take();
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-').replace('T', ' ');
  const defaultName = `${machine.replaceAll(/[/\\]/g, '-').slice(0, 200)} ${time}.png`;
  const to = await engine.call('dialog.save-file', { title: t('console:screenshot.title'), defaultName });
  if (to === undefined) return;
  await engine.call('window.save-png', { to, base64: toBase64(new Uint8Array(await picture.arrayBuffer())) });
  notify({ tone: 'ok', text: t('console:screenshot.saved', { path: to }), timeoutMs: 6_000 });
}

function toBase64(bytes: Uint8Array): string {
  const step = 0x8000;
  let binary = '';
  for (let at = 0; at < bytes.length; at += step) binary += String.fromCharCode(...bytes.subarray(at, at + step));
  return btoa(binary);
}
