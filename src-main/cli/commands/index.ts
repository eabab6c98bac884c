/** Every command, in the order of the help. */
import type { Command } from '../command.ts';
import { askpassCommand } from './askpass.ts';
import { captureCommand } from './capture.ts';
import { conditionsCommand } from './conditions.ts';
import { consoleCommand } from './console.ts';
import { createCommand } from './create.ts';
import { deviceCommands } from './devices.ts';
import { envCommand } from './env.ts';
import { eventCommand } from './event.ts';
import { forwardCommand } from './forwards.ts';
import { hostCommands } from './host.ts';
import { hostChangeCommands } from './host-changes.ts';
import { informationCommands } from './information.ts';
import { interfaceCommands } from './interfaces.ts';
import { lifecycleCommands } from './lifecycle.ts';
import { clientPasswordCommand, clientsCommand } from './libvirt-clients.ts';
import { networkForwardCommand } from './network-forwards.ts';
import { networkNamesCommand } from './network-names.ts';
import { networkCommands } from './networks.ts';
import { nwfilterCommands } from './nwfilters.ts';
import { secretCommands } from './secrets.ts';
import { snapshotCommands } from './snapshots.ts';
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
  ...snapshotCommands,
  forwardCommand,
  conditionsCommand,
  ...networkCommands,
  ...interfaceCommands,
  ...nwfilterCommands,
  traceCommand,
  captureCommand,
  networkForwardCommand,
  networkNamesCommand,
  ...storageCommands,
  ...secretCommands,
  ...hostCommands,
  ...hostChangeCommands,
  envCommand,
  clientsCommand,
  clientPasswordCommand,
  ...toolCommands,
  askpassCommand,
];
