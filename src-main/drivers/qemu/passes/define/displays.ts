import type { Graphics, GraphicsListen, Video } from '../../../../../src-shared/model/domain/index.ts';
import type { QemuCapabilities } from '../../capabilities/types.ts';
import type { Pass } from '../types.ts';

type Server = Extract<Graphics, { type: 'vnc' | 'spice' }>;

/** Where a display listens, and whether its port is chosen at start. */
export const completeGraphics: Pass = ({ devices }, { environment }) => {
  for (const display of devices.graphics) {
    if (display.type !== 'vnc' && display.type !== 'spice') continue;
    if (display.type === 'vnc') forgetGenerated(display, environment.isGeneratedPath ?? (() => false));
    completeListens(display);
    completePorts(display);
  }
};

function forgetGenerated(display: Extract<Graphics, { type: 'vnc' }>, isGenerated: (path: string) => boolean): void {
  const path = display.socket ?? display.listens.find((listen) => listen.type === 'socket')?.socket;
  if (path === undefined || !isGenerated(path)) return;
  delete display.socket;
  display.listens = display.listens.filter((listen) => listen.type !== 'socket');
}

/** Older definitions say it in attributes of `<graphics>`; what is kept says it in `<listen>`, and repeats it. */
function completeListens(display: Server): void {
  const socket = display.type === 'vnc' ? display.socket : undefined;
  const address = display.listen === '' ? undefined : display.listen;
  const fromAttributes: GraphicsListen =
    socket === undefined
      ? { type: 'address', ...(address === undefined ? {} : { address }) }
      : { type: 'socket', socket };
  const [first] = display.listens;
  if (first === undefined) display.listens.push(fromAttributes);
  else if (fromAttributes.type === 'socket' && (first.type === 'address' || first.type === 'network')) {
    display.listens[0] = fromAttributes;
  } else if (first.type === 'address' && first.address === undefined && address !== undefined) first.address = address;
  const [listen] = display.listens;
  delete display.listen;
  if (listen?.type === 'address' && listen.address !== undefined && listen.address !== '') {
    display.listen = listen.address;
  }
  if (display.type === 'vnc') {
    delete display.socket;
    if (listen?.type === 'socket' && listen.socket !== undefined) display.socket = listen.socket;
  }
}

function completePorts(display: Server): void {
  const [listen] = display.listens;
  if (display.type === 'vnc') {
    if (display.port === undefined || display.port === -1) display.autoport ??= true;
    display.autoport ??= false;
  } else {
    if (display.port === -1 && display.tlsPort === -1) display.autoport = true;
    display.autoport ??= false;
    const none = (display.port ?? 0) === 0 && (display.tlsPort ?? 0) === 0;
    if (listen?.type === 'address' && none && !display.autoport) {
      display.listens[0] = { type: 'none' };
      delete display.listen;
    }
  }
  const onNetwork = display.listens[0]?.type === 'address' || display.listens[0]?.type === 'network';
  if (!onNetwork) {
    delete display.port;
    delete display.autoport;
    if (display.type === 'spice') delete display.tlsPort;
  } else if (display.autoport === true) {
    delete display.port;
    if (display.type === 'vnc') display.port = -1;
    else delete display.tlsPort;
  }
}

const defaultMemoryKiB: Partial<Record<string, number>> = {
  vga: 16_384,
  cirrus: 16_384,
  vmvga: 16_384,
  bochs: 16_384,
  xen: 4_096,
  qxl: 65_536,
};

/** A display needs a graphics card; the first card is the one firmware uses. */
export const completeVideo: Pass = ({ devices }, { capabilities }) => {
  if (devices.video.length === 0 && devices.graphics.length > 0) devices.video.push({});
  devices.video.forEach((card, place) => {
    if (place === 0 && card.model?.type === 'none') {
      devices.video[0] = { model: { type: 'none' }, ...(card.alias === undefined ? {} : { alias: card.alias }) };
    } else completeCard(card, place === 0, capabilities);
  });
};

function completeCard(card: Video, first: boolean, capabilities: QemuCapabilities): void {
  const model = (card.model ??= {});
  if (model.type === undefined || model.type === 'default') model.type = defaultCard(capabilities);
  if (model.type === 'qxl') {
    model.vgamem ??= 16_384;
    model.ram = powerOfTwo(model.ram ?? 65_536);
  }
  const memory = model.vram ?? defaultMemoryKiB[model.type];
  if (memory !== undefined) model.vram = powerOfTwo(memory);
  model.heads ??= 1;
  if (first) model.primary = true;
  else delete model.primary;
}

const powerOfTwo = (value: number): number => (value === 0 ? 0 : 2 ** Math.ceil(Math.log2(value)));

function defaultCard(capabilities: QemuCapabilities): 'cirrus' | 'vga' {
  return capabilities.hasType('cirrus-vga') ? 'cirrus' : 'vga';
}
