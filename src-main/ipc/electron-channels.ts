/** Electron's IPC channels: calls, events, a console's port, and a page's beginning. */
export const channels = {
  page: 'vivarium:page',
  call: 'vivarium:call',
  subscribe: 'vivarium:subscribe',
  events: 'vivarium:events',
  console: 'vivarium:console',
} as const;
