/** Every command, in the order of the help. */
import type { Command } from '../command.ts';
import { askpassCommand } from './askpass.ts';
import { captureCommand } from './capture.ts';
import { consoleCommand } from './console.ts';
import { createCommand } from './create.ts';
import { deviceCommands } from './devices.ts';
import { envCommand } from './env.ts';
import { eventCommand } from './event.ts';
import { forwardCommand } from './forwards.ts';
import { hostCommands } from './host.ts';
import { informationCommands } from './information.ts';
import { lifecycleCommands } from './lifecycle.ts';
import { networkCommands } from './networks.ts';
import { storageCommands } from './storage.ts';
import { toolCommands } from './tools.ts';
import { traceCommand } from './trace.ts';

export const commands: readonly Command[] = [
  ...informationCommands,
  ...lifecycleCommands,
  createCommand,
  consoleCommand,
  eventCommand,
  ...deviceCommands,
  ...networkCommands,
  traceCommand,
  captureCommand,
  ...storageCommands,
  forwardCommand,
  ...hostCommands,
  envCommand,
  ...toolCommands,
  askpassCommand,
];
