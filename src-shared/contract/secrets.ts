import { z } from 'zod';
import type { SecretSummary } from '../model/secret-summary.ts';
import { uri, uuid, xml } from './arguments.ts';
import { call } from './call.ts';

const secret = z.object({ uri, uuid });
/** libvirt's own limit for a value, in base64. */
const value = z
  .string()
  .max(Math.ceil(65_536 / 3) * 4)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/);

export const secretCalls = {
  'secrets.list': call(z.object({ uri })).returns<readonly SecretSummary[]>(),
  'secrets.xml': call(secret).returns<string>(),
  'secrets.define': call(z.object({ uri, xml })).returns<SecretSummary>(),
  'secrets.undefine': call(secret).returns<void>(),
  /** Values cross in base64. */
  'secrets.set-value': call(z.object({ ...secret.shape, value })).returns<void>(),
  'secrets.value': call(secret).returns<string>(),
};
