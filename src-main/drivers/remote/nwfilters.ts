/** Network filters of the server. */
import type { Author } from '../../engine/author.ts';
import type { NwfilterApi, NwfilterBindingSummary, NwfilterSummary } from '../../engine/nwfilter-api.ts';
import type { Emitter, EngineEvent } from '../../engine/events.ts';
import type { Link } from './link.ts';

interface FilterReference {
  readonly name: string;
  readonly uuid: string;
}

/** The server goes by the UUID alone, but wants some name. */
const filterOf = (uuid: string): FilterReference => ({ name: uuid, uuid });
/** It goes by the interface, but wants some filter. */
const bindingOf = (portdev: string): { readonly portdev: string; readonly filtername: string } => ({
  ...{ portdev, filtername: portdev },
});
const summaryOf = ({ name, uuid }: FilterReference): NwfilterSummary => ({ uuid, name });

interface BindingReference {
  readonly portdev: string;
  readonly filtername: string;
}
const bindingSummary = ({ portdev, filtername }: BindingReference): NwfilterBindingSummary => ({
  portDev: portdev,
  filterName: filtername,
});

export class RemoteNwfilters implements Required<NwfilterApi> {
  readonly #link: Link;
  readonly #events: Emitter<EngineEvent>;

  /** @param events the server has none of filters: what this client changes is told by itself */
  constructor(link: Link, events: Emitter<EngineEvent>) {
    this.#link = link;
    this.#events = events;
  }

  async list(): Promise<readonly NwfilterSummary[]> {
    const { filters } = await this.#link.call('connectListAllNwfilters', { needResults: true, flags: 0 });
    return filters.map(summaryOf);
  }

  async lookupByName(name: string): Promise<NwfilterSummary> {
    return summaryOf((await this.#link.call('nwfilterLookupByName', { name })).nwfilter);
  }

  async lookupByUuid(uuid: string): Promise<NwfilterSummary> {
    return summaryOf((await this.#link.call('nwfilterLookupByUuid', { uuid })).nwfilter);
  }

  async xml(uuid: string): Promise<string> {
    return (await this.#link.call('nwfilterGetXmlDesc', { nwfilter: filterOf(uuid), flags: 0 })).xml;
  }

  async define(xml: string, _options: Author = {}): Promise<NwfilterSummary> {
    const filter = summaryOf((await this.#link.call('nwfilterDefineXml', { xml })).nwfilter);
    this.#events.emit({ type: 'nwfilter', ...filter, event: 'defined' });
    return filter;
  }

  async undefine(uuid: string): Promise<void> {
    const filter = await this.lookupByUuid(uuid);
    await this.#link.call('nwfilterUndefine', { nwfilter: filterOf(uuid) });
    this.#events.emit({ type: 'nwfilter', ...filter, event: 'undefined' });
  }

  async bindings(): Promise<readonly NwfilterBindingSummary[]> {
    const { bindings } = await this.#link.call('connectListAllNwfilterBindings', { needResults: true, flags: 0 });
    return bindings.map(bindingSummary);
  }

  async lookupBinding(portDev: string): Promise<NwfilterBindingSummary> {
    return bindingSummary((await this.#link.call('nwfilterBindingLookupByPortDev', { name: portDev })).nwfilter);
  }

  async bindingXml(portDev: string): Promise<string> {
    return (await this.#link.call('nwfilterBindingGetXmlDesc', { nwfilter: bindingOf(portDev), flags: 0 })).xml;
  }

  async createBinding(xml: string): Promise<NwfilterBindingSummary> {
    return bindingSummary((await this.#link.call('nwfilterBindingCreateXml', { xml, flags: 0 })).nwfilter);
  }

  async deleteBinding(portDev: string): Promise<void> {
    await this.#link.call('nwfilterBindingDelete', { nwfilter: bindingOf(portDev) });
  }
}
