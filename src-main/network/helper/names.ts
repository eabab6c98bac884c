/** What the privileged helper is called where others look for it; the files in assets/linux say the same. */
export const helperName = 'io.github.vivarium.Helper1';
export const helperPath = '/io/github/vivarium/Helper1';
export const helperInterface = 'io.github.vivarium.Helper1';

/** What an administrator may allow. */
export const permissions = {
  manage: 'io.github.vivarium.network.manage',
  monitor: 'io.github.vivarium.network.monitor',
  /** Plugging one's own machines into bridges that are there for them. */
  attach: 'io.github.vivarium.network.attach',
  /** The host's own interfaces: what it reaches the world by. */
  interfaces: 'io.github.vivarium.interfaces.manage',
} as const;
export type Permission = keyof typeof permissions;

/** The names of its errors, each of which has a message for people and the data of a VirError. */
export const helperErrors = {
  /** The action is none, or not one that this caller may ask for. */
  refused: `${helperInterface}.Error.Refused`,
  notAuthorized: `${helperInterface}.Error.NotAuthorized`,
  /** Nobody here can say who is authorised. */
  noAuthority: `${helperInterface}.Error.NoAuthority`,
  /** It was about to end: asked again, it starts again. */
  ending: `${helperInterface}.Error.Ending`,
  failed: `${helperInterface}.Error.Failed`,
} as const;

/** Where it keeps its record; only root may enter. */
export const ledgerFolder = '/var/lib/vivarium/helper';
/** The part of the record that is about the host's interfaces. */
export const interfacesFolder = `${ledgerFolder}/interfaces`;
/** Before what that part calls a change, where the helper tells of all changes. */
export const interfaceChange = 'interfaces/';
