/** The least a VNC client can be: it asks, reads and counts pixels. What a console is compared with. */
import { connect, type Socket } from 'node:net';

const messages = { frameRequest: 3, key: 4 };
const rawEncoding = 0;

export class RawVnc {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #length = 0;
  #wake: () => void = () => undefined;
  #size = { width: 0, height: 0 };

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#wake();
    });
  }

  static async open(path: string): Promise<RawVnc> {
    const vnc = new RawVnc(connect(path));
    await vnc.#read(12);
    vnc.#socket.write('RFB 003.008\n');
    await vnc.#read((await vnc.#read(1))[0] ?? 0);
    vnc.#socket.write(Buffer.from([1]));
    await vnc.#read(4);
    vnc.#socket.write(Buffer.from([1]));
    const init = await vnc.#read(24);
    await vnc.#read(init.readUInt32BE(20));
    vnc.#size = { width: init.readUInt16BE(0), height: init.readUInt16BE(2) };
    // Plain rectangles, and changes of size.
    vnc.#socket.write(Buffer.from([2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21]));
    return vnc;
  }

  get pixels(): number {
    return this.#size.width * this.#size.height;
  }

  /** Asks for an update; answers how many pixels it brought. */
  async update(incremental: boolean): Promise<number> {
    const request = Buffer.alloc(10);
    request[0] = messages.frameRequest;
    request[1] = incremental ? 1 : 0;
    request.writeUInt16BE(this.#size.width, 6);
    request.writeUInt16BE(this.#size.height, 8);
    this.#socket.write(request);
    const rectangles = (await this.#read(4)).readUInt16BE(2);
    let pixels = 0;
    for (let rectangle = 0; rectangle < rectangles; rectangle += 1) {
      const head = await this.#read(12);
      const [width, height] = [head.readUInt16BE(4), head.readUInt16BE(6)];
      if (head.readInt32BE(8) === rawEncoding) {
        await this.#read(width * height * 4);
        pixels += width * height;
      } else {
        this.#size = { width, height };
      }
    }
    return pixels;
  }

  key(keysym: number, down: boolean): void {
    const message = Buffer.alloc(8);
    message[0] = messages.key;
    message[1] = down ? 1 : 0;
    message.writeUInt32BE(keysym, 4);
    this.#socket.write(message);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #read(length: number): Promise<Buffer> {
    while (this.#length < length) await new Promise<void>((resolve) => (this.#wake = resolve));
    const all =
      this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#length -= length;
    this.#chunks = this.#length === 0 ? [] : [all.subarray(length)];
    return all.subarray(0, length);
  }
}
