/** What is found out about one packet while its layers are read. */
import type { PacketField, PacketLayer } from '../../../../src-shared/model/capture.ts';
import { type Reader, Truncated } from './reader.ts';

/** Reads one layer and what is in it. May throw `Truncated`; `Dissection.layer` catches it. */
export type Dissector = (reader: Reader, into: Dissection) => void;

/** More than any honest packet has: it ends what is nested without end. */
const maximumLayers = 16;
const maximumFields = 64;

export class Dissection {
  source = '';
  destination = '';
  protocol = '';
  info = '';
  readonly layers: PacketLayer[] = [];
  #fields: PacketField[] = [];

  /** Reads a layer; the fields that `dissect` tells until its own inner layer begins are its own. */
  layer(name: string, reader: Reader, dissect: Dissector): void {
    if (this.layers.length >= maximumLayers) return;
    const offset = reader.offset;
    const length = reader.remaining;
    const fields: PacketField[] = [];
    this.layers.push({ name, offset, length, fields });
    const outer = this.#fields;
    this.#fields = fields;
    try {
      dissect(reader, this);
    } catch (thrown) {
      if (!(thrown instanceof Truncated)) throw thrown;
      fields.push({ name: 'truncated', value: '' });
      if (this.info === '') this.info = 'cut short';
    }
    this.#fields = outer;
  }

  field(name: string, value: string | number): void {
    if (this.#fields.length < maximumFields) this.#fields.push({ name, value: String(value) });
  }

  /** What the list says; the innermost layer that is understood has the last word. */
  tell(protocol: string, info: string): void {
    this.protocol = protocol;
    this.info = info;
  }

  between(source: string, destination: string): void {
    this.source = source;
    this.destination = destination;
  }
}
