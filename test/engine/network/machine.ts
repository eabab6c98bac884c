/** Real guests of a lab: the small guest on a cable of the lab's host, and what is typed at its serial port. */
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { smallGuest } from '../../support/guest.ts';
import type { Lab, LabEngine } from './lab.ts';

const bootMs = 60_000;

/** @param folder where its serial port is */
export const machineXml = (
  folder: string,
  name: string,
  devices: string,
  { kernel, initrd }: { readonly kernel: string; readonly initrd: string } = smallGuest(),
): string => {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='q35'>hvm</type>
      <kernel>${kernel}</kernel><initrd>${initrd}</initrd>
      <cmdline>console=ttyS0 quiet hostname=${name}</cmdline></os>
    <features><acpi/></features>
    <devices>
      <serial type='unix'><source mode='bind' path='${join(folder, `${name}.serial`)}'/></serial>
      ${devices}
    </devices></domain>`;
};

/** A card on a virtual network, or with other words for where it is. */
export const cardXml = (mac: string, source: string, rest = '', type = 'network'): string =>
  `<interface type='${type}'><mac address='${mac}'/>${source}<model type='virtio'/>${rest}</interface>`;

export class Machine {
  readonly uuid: string;
  readonly name: string;
  readonly #socket: Socket;
  #output = '';
  #serial = 0;

  private constructor(uuid: string, name: string, socket: Socket) {
    this.uuid = uuid;
    this.name = name;
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    // The guest's end is the end of its port.
    socket.on('error', () => undefined);
  }

  /** Starts a machine and listens at its serial port. */
  static async start(lab: Lab, engine: LabEngine, name: string, devices: string): Promise<Machine> {
    const { uuid } = await engine.domains.define(machineXml(lab.folder, name, devices));
    await engine.domains.start(uuid);
    return Machine.listen(lab.folder, uuid, name);
  }

  static listen(folder: string, uuid: string, name: string): Machine {
    return new Machine(uuid, name, connect(join(folder, `${name}.serial`)));
  }

  get output(): string {
    return this.#output;
  }

  async until(pattern: RegExp, timeoutMs = bootMs): Promise<RegExpExecArray> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found !== null) return found;
      if (performance.now() > end)
        throw new Error(`${this.name} did not say ${pattern}:\n${this.#output.slice(-2000)}`);
      await delay(20);
    }
  }

  /** Until its shell answers. */
  async ready(): Promise<void> {
    await this.until(/GUEST-READY/);
  }

  /** The IPv4 address that it was given. */
  async lease(): Promise<string> {
    const [, ip = ''] = await this.until(/LEASE eth0 ip=(\S+) /);
    return ip;
  }

  /** What a command of its shell printed, and its exit code. */
  async run(command: string, timeoutMs = 20_000): Promise<{ readonly output: string; readonly code: number }> {
    const mark = `mark-${(this.#serial += 1)}-`;
    // The shell echoes what is typed: the mark is put together only when it is printed.
    this.#socket.write(`${command}; echo "${mark}""end $?"\n`);
    const before = this.#output.length;
    const [whole, code = ''] = await this.until(new RegExp(`${mark}end (\\d+)`), timeoutMs);
    return { output: this.#output.slice(before, this.#output.indexOf(whole)), code: Number(code) };
  }

  /** Asks for an address anew, as a desktop does when its cable was plugged in. */
  async renew(): Promise<void> {
    await this.run('killall udhcpc; udhcpc -i eth0 -n -q -t 10 -T 1 -s /usr/share/udhcpc/default.script');
  }

  async reaches(address: string): Promise<boolean> {
    return (await this.run(`ping -c 1 -W 2 ${address} >/dev/null`)).code === 0;
  }

  close(): void {
    this.#socket.destroy();
  }
}
