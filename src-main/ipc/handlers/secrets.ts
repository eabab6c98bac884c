/** Secrets: each call is the driver's method of the same name, or libvirt's "not supported". */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { need } from '../../engine/driver.ts';
import type { SecretApi } from '../../engine/secret-api.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function secretHandlers({ engine }: Services): HandlerSet {
  const secretsOf = async (uri: string): Promise<SecretApi> => {
    const { secrets } = await engine.open(uri);
    if (secrets !== undefined) return secrets;
    throw new VirError({
      code: 'no-support',
      domain: 'secret',
      message: say`this function is not supported by the connection driver: secrets`,
    });
  };

  return {
    'secrets.list': async ({ uri }) => await (await secretsOf(uri)).list(),
    'secrets.xml': async ({ uri, uuid }) => await (await secretsOf(uri)).xml(uuid),
    'secrets.define': async ({ uri, xml }) => await need(await secretsOf(uri), 'define')(xml),
    'secrets.undefine': async ({ uri, uuid }) => {
      await need(await secretsOf(uri), 'undefine')(uuid);
    },
    'secrets.set-value': async ({ uri, uuid, value }) => {
      await need(await secretsOf(uri), 'setValue')(uuid, Buffer.from(value, 'base64'));
    },
    'secrets.value': async ({ uri, uuid }) =>
      Buffer.from(await need(await secretsOf(uri), 'value')(uuid)).toString('base64'),
  };
}
