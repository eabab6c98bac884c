/** One connection to a bus for everything its owner asks there: made at the first use, and anew when it was lost. */
import { Bus } from './bus.ts';

export class LastingBus {
  readonly #open: () => Promise<Bus>;
  #bus: Promise<Bus> | undefined;

  constructor(open: () => Promise<Bus> = async () => await Bus.open()) {
    this.#open = open;
  }

  /** @throws DBusError when there is no bus; the next call tries again. */
  async get(): Promise<Bus> {
    this.#bus ??= this.#connect();
    try {
      return await this.#bus;
    } catch (thrown) {
      this.#bus = undefined;
      throw thrown;
    }
  }

  async close(): Promise<void> {
    const bus = this.#bus;
    this.#bus = undefined;
    if (bus !== undefined) (await bus).close();
  }

  async #connect(): Promise<Bus> {
    const bus = await this.#open();
    const forget = (): void => {
      this.#bus = undefined;
    };
    bus.closed.then(forget, forget);
    return bus;
  }
}
