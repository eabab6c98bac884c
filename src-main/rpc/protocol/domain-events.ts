/** What domains announce. */
import { list, optional, struct } from '../xdr/compounds.ts';
import { hyper, int, string, uhyper, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { domain, typedParam } from './objects.ts';
import { call, event, high } from './procedure.ts';

const lifecycle = { dom: domain, event: int, detail: int };

const reboot = { dom: domain };

const rtcChange = { dom: domain, offset: hyper };

const watchdog = { dom: domain, action: int };

const ioError = { dom: domain, srcPath: string, devAlias: string, action: int };

const ioErrorReason = { dom: domain, srcPath: string, devAlias: string, action: int, reason: string };

const domainEventGraphicsAddress = struct({ family: int, node: string, service: string });

const domainEventGraphicsIdentity = struct({ type: string, name: string });

const graphics = {
  dom: domain,
  phase: int,
  local: domainEventGraphicsAddress,
  remote: domainEventGraphicsAddress,
  authScheme: string,
  subject: list(domainEventGraphicsIdentity, limits.domainEventGraphicsIdentity),
};

const blockJob = { dom: domain, path: string, type: int, status: int };

const diskChange = {
  dom: domain,
  oldSrcPath: optional(string),
  newSrcPath: optional(string),
  devAlias: string,
  reason: int,
};

const trayChange = { dom: domain, devAlias: string, reason: int };

const pmwakeup = { dom: domain };

const pmsuspend = { dom: domain };

const balloonChange = { dom: domain, actual: uhyper };

const pmsuspendDisk = { dom: domain };

const controlError = { dom: domain };

const deviceRemoved = { dom: domain, devAlias: string };

export const domainEventsProcedures = {
  connectDomainEventRegister: call(105, {}, { cbRegistered: int }, high),
  connectDomainEventDeregister: call(106, {}, { cbRegistered: int }, high),
  domainEventLifecycle: event(107, lifecycle),
  connectDomainEventRegisterAny: call(167, { eventID: int }, {}, high),
  connectDomainEventDeregisterAny: call(168, { eventID: int }, {}, high),
  domainEventReboot: event(169, reboot),
  domainEventRtcChange: event(170, rtcChange),
  domainEventWatchdog: event(171, watchdog),
  domainEventIoError: event(172, ioError),
  domainEventGraphics: event(173, graphics),
  domainEventIoErrorReason: event(195, ioErrorReason),
  domainEventControlError: event(224, controlError),
  domainEventBlockJob: event(241, blockJob),
  domainEventDiskChange: event(248, diskChange),
  domainEventTrayChange: event(268, trayChange),
  domainEventPmwakeup: event(269, pmwakeup),
  domainEventPmsuspend: event(270, pmsuspend),
  domainEventBalloonChange: event(276, balloonChange),
  domainEventPmsuspendDisk: event(292, pmsuspendDisk),
  domainEventDeviceRemoved: event(311, deviceRemoved),
  connectDomainEventCallbackRegisterAny: call(316, { eventID: int, dom: optional(domain) }, { callbackID: int }, high),
  connectDomainEventCallbackDeregisterAny: call(317, { callbackID: int }, {}, high),
  domainEventCallbackLifecycle: event(318, { callbackID: int, msg: struct(lifecycle) }),
  domainEventCallbackReboot: event(319, { callbackID: int, msg: struct(reboot) }),
  domainEventCallbackRtcChange: event(320, { callbackID: int, msg: struct(rtcChange) }),
  domainEventCallbackWatchdog: event(321, { callbackID: int, msg: struct(watchdog) }),
  domainEventCallbackIoError: event(322, { callbackID: int, msg: struct(ioError) }),
  domainEventCallbackGraphics: event(323, { callbackID: int, msg: struct(graphics) }),
  domainEventCallbackIoErrorReason: event(324, { callbackID: int, msg: struct(ioErrorReason) }),
  domainEventCallbackControlError: event(325, { callbackID: int, msg: struct(controlError) }),
  domainEventCallbackBlockJob: event(326, { callbackID: int, msg: struct(blockJob) }),
  domainEventCallbackDiskChange: event(327, { callbackID: int, msg: struct(diskChange) }),
  domainEventCallbackTrayChange: event(328, { callbackID: int, msg: struct(trayChange) }),
  domainEventCallbackPmwakeup: event(329, { callbackID: int, reason: int, msg: struct(pmwakeup) }),
  domainEventCallbackPmsuspend: event(330, { callbackID: int, reason: int, msg: struct(pmsuspend) }),
  domainEventCallbackBalloonChange: event(331, { callbackID: int, msg: struct(balloonChange) }),
  domainEventCallbackPmsuspendDisk: event(332, { callbackID: int, reason: int, msg: struct(pmsuspendDisk) }),
  domainEventCallbackDeviceRemoved: event(333, { callbackID: int, msg: struct(deviceRemoved) }),
  domainEventBlockJob2: event(339, { callbackID: int, dom: domain, dst: string, type: int, status: int }),
  domainEventCallbackTunable: event(346, {
    callbackID: int,
    dom: domain,
    params: list(typedParam, limits.domainEventTunable),
  }),
  domainEventCallbackAgentLifecycle: event(348, { callbackID: int, dom: domain, state: int, reason: int }),
  domainEventCallbackDeviceAdded: event(354, { callbackID: int, dom: domain, devAlias: string }),
  domainEventCallbackMigrationIteration: event(359, { callbackID: int, dom: domain, iteration: int }),
  domainEventCallbackJobCompleted: event(363, {
    callbackID: int,
    dom: domain,
    params: list(typedParam, limits.domainJobStats),
  }),
  domainEventCallbackDeviceRemovalFailed: event(367, { callbackID: int, dom: domain, devAlias: string }),
  domainEventCallbackMetadataChange: event(379, { callbackID: int, dom: domain, type: int, nsuri: optional(string) }),
  domainEventBlockThreshold: event(385, {
    callbackID: int,
    dom: domain,
    dev: string,
    path: optional(string),
    threshold: uhyper,
    excess: uhyper,
  }),
  domainEventMemoryFailure: event(423, { callbackID: int, dom: domain, recipient: int, action: int, flags: uint }),
  domainEventMemoryDeviceSizeChange: event(438, { callbackID: int, dom: domain, alias: string, size: uhyper }),
};
