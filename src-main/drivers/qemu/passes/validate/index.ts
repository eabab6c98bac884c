import type { Pass } from '../types.ts';

const checks: readonly Pass[] = [];

/** What can be read but not run: found when the machine is defined, not when it is started. */
export const validate: Pass = (domain, context) => {
  for (const check of checks) check(domain, context);
};
