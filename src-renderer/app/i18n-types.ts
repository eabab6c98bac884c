/** The keys there are: a typo in one is a type error. */
import type cable from '../locales/en/cable.json';
import type common from '../locales/en/common.json';
import type consoleText from '../locales/en/console.json';
import type create from '../locales/en/create.json';
import type filters from '../locales/en/filters.json';
import type hosts from '../locales/en/hosts.json';
import type interfaces from '../locales/en/interfaces.json';
import type machine from '../locales/en/machine.json';
import type machines from '../locales/en/machines.json';
import type networks from '../locales/en/networks.json';
import type performance from '../locales/en/performance.json';
import type settings from '../locales/en/settings.json';
import type snapshots from '../locales/en/snapshots.json';
import type storage from '../locales/en/storage.json';
import type trace from '../locales/en/trace.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      cable: typeof cable;
      common: typeof common;
      console: typeof consoleText;
      create: typeof create;
      filters: typeof filters;
      hosts: typeof hosts;
      interfaces: typeof interfaces;
      machine: typeof machine;
      machines: typeof machines;
      networks: typeof networks;
      performance: typeof performance;
      settings: typeof settings;
      snapshots: typeof snapshots;
      storage: typeof storage;
      trace: typeof trace;
    };
  }
}
