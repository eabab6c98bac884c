import { VirError } from '../../src-shared/errors.ts';

/** The error a promise is expected to be rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<VirError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof VirError) return thrown;
    throw thrown;
  }
  throw new Error('a VirError was expected, but it succeeded');
}
