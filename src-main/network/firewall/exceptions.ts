/** Exceptions in other programs' chains of nftables: put before the rule that is in the way, found again by a comment. */
import { ProcessError, run } from '../../host/process.ts';
import type { NetworkAction } from '../actions.ts';
import { ruleText } from './nftables.ts';

type Add = Extract<NetworkAction, { readonly verb: 'nft-exception-add' }>;
type Place = Pick<Add, 'family' | 'table' | 'chain' | 'mark'>;

const timeoutMs = 10_000;

/** One of the same mark is replaced. Where the rule that was in the way is gone, it stands first. */
export async function addException(exception: Add, signal?: AbortSignal): Promise<void> {
  const { family, table, chain, mark, layer, before, matches } = exception;
  const found = await rulesOf(exception);
  const rule = ruleText({ family: layer, chain: 'forward-out', matches, verdict: { verdict: 'accept' } });
  const isThere = before !== undefined && found.some(({ handle }) => handle === before);
  const how = before === undefined ? 'add rule' : 'insert rule';
  const position = isThere ? ` position ${before}` : '';
  const script = [
    ...removal(exception, found),
    `${how} ${family} ${table} ${chain}${position} ${rule} comment "${mark}"`,
    '',
  ].join('\n');
  await run(['nft', '-f', '-'], { input: script, timeoutMs, ...(signal === undefined ? {} : { signal }) });
}

export async function deleteException(place: Place): Promise<void> {
  const lines = removal(place, await rulesOf(place));
  if (lines.length > 0) await run(['nft', '-f', '-'], { input: `${lines.join('\n')}\n`, timeoutMs });
}

interface FoundRule {
  readonly handle: number;
  readonly comment?: string;
}

const removal = ({ family, table, chain, mark }: Place, found: readonly FoundRule[]): readonly string[] =>
  found
    .filter(({ comment }) => comment === mark)
    .map(({ handle }) => `delete rule ${family} ${table} ${chain} handle ${handle}`);

/** A chain that is gone has none. */
async function rulesOf({ family, table, chain }: Place): Promise<readonly FoundRule[]> {
  try {
    const { stdout } = await run(['nft', '-j', 'list', 'chain', family, table, chain], { timeoutMs });
    const { nftables } = JSON.parse(stdout) as { readonly nftables: readonly { readonly rule?: FoundRule }[] };
    return nftables.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  } catch (thrown) {
    if (thrown instanceof ProcessError && /No such file or directory/.test(thrown.stderr)) return [];
    throw thrown;
  }
}
