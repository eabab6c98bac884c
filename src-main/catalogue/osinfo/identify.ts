/** Recognising an install medium or tree by the database's rules. Facts: osinfo_media_matches, osinfo_db.c. */
import type { OsDatabase } from './database.ts';
import type { MediaRule, OsEntry, TreeRule } from './entry.ts';

/** What a medium says of itself. */
export interface MediumFacts {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
  readonly volumeSizeBytes: number;
}

export interface TreeFacts {
  readonly arch?: string;
  readonly family?: string;
  readonly variant?: string;
  readonly version?: string;
}

export interface MediumMatch {
  readonly os: OsEntry;
  readonly arch: string;
}

/**
 * All systems whose rules match, the best first. Rules for one architecture of a released system come before those for
 * any architecture and before rolling releases, as libosinfo has it. It then takes whichever comes first in a hash
 * table; here the more specific rule, and of equals the newer system, is first.
 */
export function identifyMedia(database: OsDatabase, facts: MediumFacts): readonly MediumMatch[] {
  const matches: (MediumMatch & { readonly rule: MediaRule })[] = [];
  for (const os of database.entries) {
    const rules = os.media.filter((rule) => mediaMatches(rule, facts)).sort(bySpecificity);
    const [rule] = rules;
    if (rule !== undefined) matches.push({ os, arch: rule.arch, rule });
  }
  const isPreferred = ({ os, rule }: (typeof matches)[number]): boolean =>
    rule.arch !== 'all' && os.releaseStatus !== 'rolling';
  return matches.sort(
    (a, b) =>
      Number(isPreferred(b)) - Number(isPreferred(a)) || bySpecificity(a.rule, b.rule) || byReleaseDate(a.os, b.os),
  );
}

function mediaMatches(rule: MediaRule, facts: MediumFacts): boolean {
  return (
    (rule.volumeSize === undefined || rule.volumeSize === facts.volumeSizeBytes) &&
    matches(rule.volumeId, facts.volumeId) &&
    matches(rule.applicationId, facts.applicationId) &&
    matches(rule.systemId, facts.systemId) &&
    matches(rule.publisherId, facts.publisherId)
  );
}

/** The best system for an install tree; undefined when no rule matches. */
export function identifyTree(database: OsDatabase, facts: TreeFacts): OsEntry | undefined {
  const treeMatches = (rule: TreeRule): boolean =>
    matches(rule.family, facts.family) &&
    matches(rule.variant, facts.variant) &&
    matches(rule.version, facts.version) &&
    matches(rule.arch, facts.arch);
  return database.entries.filter((os) => os.trees.some(treeMatches)).sort(byReleaseDate)[0];
}

/** A rule that does not mention a field accepts anything there; one that does needs the field. */
function matches(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined) return true;
  return text !== undefined && compile(pattern)?.test(text) === true;
}

const compiled = new Map<string, RegExp | undefined>();

/** The database's expressions are Perl's; one that JavaScript does not understand matches nothing. */
function compile(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  let expression: RegExp | undefined;
  try {
    expression = new RegExp(pattern);
  } catch {
    expression = undefined;
  }
  compiled.set(pattern, expression);
  return expression;
}

function bySpecificity(a: MediaRule, b: MediaRule): number {
  return (
    Number(b.volumeSize !== undefined) - Number(a.volumeSize !== undefined) ||
    Object.keys(b).length - Object.keys(a).length ||
    (b.volumeId?.length ?? 0) - (a.volumeId?.length ?? 0)
  );
}

const byReleaseDate = (a: OsEntry, b: OsEntry): number =>
  (b.releaseDate ?? '').localeCompare(a.releaseDate ?? '') || (a.id < b.id ? -1 : 1);
