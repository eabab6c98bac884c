/** What handlers share: flags, references, lists. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';
import { type DomainApi, need } from '../../../engine/driver.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext } from '../handler.ts';

/** Whether a flag is set. */
export const has = (flags: number, bit: number): boolean => (flags & bit) !== 0;

/** @throws VirError `invalid-arg`, as libvirt words it, for flags that the function does not know. */
export function onlyFlags(flags: number, known: number, where: string): void {
  const unknown = (flags & ~known) >>> 0;
  if (unknown === 0) return;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'none',
    message: `unsupported flags (0x${unknown.toString(16)}) in function ${where}`,
  });
}

/** `VIR_DOMAIN_AFFECT_LIVE` and `_CONFIG`, which many calls share. */
export const affects = (flags: number): { readonly live: boolean; readonly config: boolean } => ({
  live: has(flags, 1),
  config: has(flags, 2),
});

/** A domain by the reference a client holds. @throws VirError `no-domain` */
export async function summaryOf({ domains }: CallContext, { uuid, name }: DomainReference): Promise<DomainSummary> {
  try {
    return await domains.lookupByUuid(uuid);
  } catch (thrown) {
    if (!(thrown instanceof VirError) || thrown.code !== 'no-domain') throw thrown;
    const message = `no domain with matching uuid '${uuid}' (${name})`;
    throw new VirError({ code: 'no-domain', domain: thrown.data.domain, message }, { cause: thrown });
  }
}

/** A driver's method for one domain, which must exist. @throws VirError `no-domain` or `no-support` */
export async function method<K extends keyof DomainApi & string>(
  context: CallContext,
  dom: DomainReference,
  name: K,
): Promise<NonNullable<DomainApi[K]>> {
  await summaryOf(context, dom);
  return need(context.domains, name);
}

export const notSupported = (api: string): VirError =>
  new VirError({ code: 'no-support', domain: 'none', message: api });

/** The first `maximum` of a list, as the calls want that say how many they can take. */
export const atMost = <T>(items: readonly T[], maximum: number): readonly T[] => items.slice(0, Math.max(0, maximum));

/** libvirt's words, for calls that need a domain to run. */
export const notRunning = (): VirError =>
  new VirError({ code: 'operation-invalid', domain: 'qemu', message: 'domain is not running' });

/** What `ListAll…` calls answer: everything, or only how many. */
export const counted = <T>(
  needed: boolean,
  items: readonly T[],
): { readonly items: readonly T[]; readonly count: number } => ({
  items: needed ? items : [],
  count: items.length,
});
