/** Words for the numbers of vendors and products, from the lists that distributions install. */
import { readIfThere } from './files.ts';

export interface DeviceWords {
  readonly vendor?: string;
  readonly product?: string;
}

export interface DeviceNames {
  pci(vendor: number, product: number): Promise<DeviceWords>;
  usb(vendor: number, product: number): Promise<DeviceWords>;
}

const folders = ['/usr/share/misc', '/usr/share/hwdata'];

const hex = (value: number): string => value.toString(16).padStart(4, '0');

/** A list has vendors at the beginning of lines, and their products after a tab below them. */
function lookUp(list: string, vendor: number, product: number): DeviceWords {
  const head = new RegExp(`^${hex(vendor)}  (.*)$`, 'm').exec(list);
  if (head === null) return {};
  const rest = list.slice(head.index + head[0].length);
  const end = /^[^\t#\n]/m.exec(rest)?.index ?? rest.length;
  const found = new RegExp(`^\\t${hex(product)}  (.*)$`, 'm').exec(rest.slice(0, end));
  return { vendor: head[1] ?? '', ...(found?.[1] === undefined ? {} : { product: found[1] }) };
}

class Lists implements DeviceNames {
  /** Few devices are looked up, again and again; the lists themselves are large and are not kept. */
  readonly #known = new Map<string, DeviceWords>();

  pci(vendor: number, product: number): Promise<DeviceWords> {
    return Promise.resolve(this.#find('pci.ids', vendor, product));
  }

  usb(vendor: number, product: number): Promise<DeviceWords> {
    return Promise.resolve(this.#find('usb.ids', vendor, product));
  }

  #find(file: string, vendor: number, product: number): DeviceWords {
    const key = `${file} ${vendor} ${product}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const list = folders.map((folder) => readIfThere(`${folder}/${file}`)).find((each) => each !== undefined);
    const words = list === undefined ? {} : lookUp(list, vendor, product);
    this.#known.set(key, words);
    return words;
  }
}

export const deviceNames: DeviceNames = new Lists();
