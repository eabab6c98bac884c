/** What the guest agent does, and consoles, screens and keys. */
import { list, optional, struct } from '../xdr/compounds.ts';
import { hyper, int, string, uhyper, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { domain, typedParam } from './objects.ts';
import { call } from './procedure.ts';

const domainFsinfo = struct({
  mountpoint: string,
  name: string,
  fstype: string,
  devAliases: list(string, limits.domainFsinfoDisks),
});

const domainIpAddr = struct({ type: int, addr: string, prefix: uint });

const domainInterface = struct({
  name: string,
  hwaddr: optional(string),
  addrs: list(domainIpAddr, limits.domainIpAddr),
});

export const domainGuestProcedures = {
  domainOpenConsole: call(201, { dom: domain, devName: optional(string), flags: uint }, {}, { stream: 'download' }),
  domainInjectNmi: call(210, { dom: domain, flags: uint }),
  domainScreenshot: call(
    211,
    { dom: domain, screen: uint, flags: uint },
    { mime: optional(string) },
    { stream: 'download' },
  ),
  domainSendKey: call(226, {
    dom: domain,
    codeset: uint,
    holdtime: uint,
    keycodes: list(uint, limits.domainSendKey),
    flags: uint,
  }),
  domainOpenGraphics: call(249, { dom: domain, idx: uint, flags: uint }),
  domainGetHostname: call(277, { dom: domain, flags: uint }, { hostname: string }),
  domainFstrim: call(294, { dom: domain, mountPoint: optional(string), minimum: uhyper, flags: uint }),
  domainSendProcessSignal: call(295, { dom: domain, pidValue: hyper, signum: uint, flags: uint }),
  domainOpenChannel: call(296, { dom: domain, name: optional(string), flags: uint }, {}, { stream: 'download' }),
  domainFsfreeze: call(
    335,
    { dom: domain, mountpoints: list(string, limits.domainFsfreezeMountpoints), flags: uint },
    { filesystems: int },
  ),
  domainFsthaw: call(
    336,
    { dom: domain, mountpoints: list(string, limits.domainFsfreezeMountpoints), flags: uint },
    { filesystems: int },
  ),
  domainGetTime: call(337, { dom: domain, flags: uint }, { seconds: hyper, nseconds: uint }),
  domainSetTime: call(338, { dom: domain, seconds: hyper, nseconds: uint, flags: uint }),
  domainOpenGraphicsFd: call(343, { dom: domain, idx: uint, flags: uint }),
  domainGetFsinfo: call(
    349,
    { dom: domain, flags: uint },
    { info: list(domainFsinfo, limits.domainFsinfo), ret: uint },
  ),
  domainInterfaceAddresses: call(
    353,
    { dom: domain, source: uint, flags: uint },
    { ifaces: list(domainInterface, limits.domainInterface) },
  ),
  domainSetUserPassword: call(357, { dom: domain, user: optional(string), password: optional(string), flags: uint }),
  domainGetGuestVcpus: call(
    371,
    { dom: domain, flags: uint },
    { params: list(typedParam, limits.domainGuestVcpuParams) },
  ),
  domainSetGuestVcpus: call(372, { dom: domain, cpumap: string, state: int, flags: uint }),
  domainGetLaunchSecurityInfo: call(
    396,
    { dom: domain, flags: uint },
    { params: list(typedParam, limits.domainLaunchSecurityInfoParams) },
  ),
  domainGetGuestInfo: call(
    418,
    { dom: domain, types: uint, flags: uint },
    { params: list(typedParam, limits.domainGuestInfoParams) },
  ),
  domainAgentSetResponseTimeout: call(420, { dom: domain, timeout: int, flags: uint }, { result: int }),
  domainAuthorizedSshKeysGet: call(
    424,
    { dom: domain, user: string, flags: uint },
    { keys: list(string, limits.domainAuthorizedSshKeys) },
  ),
  domainAuthorizedSshKeysSet: call(425, {
    dom: domain,
    user: string,
    keys: list(string, limits.domainAuthorizedSshKeys),
    flags: uint,
  }),
  domainSetLaunchSecurityState: call(439, {
    dom: domain,
    params: list(typedParam, limits.domainLaunchSecurityStateParams),
    flags: uint,
  }),
};
