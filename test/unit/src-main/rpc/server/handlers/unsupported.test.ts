import { describe, expect, it } from 'vitest';
import { VirError } from '../../../../../../src-shared/errors.ts';
import { apiName, unsupported } from '../../../../../../src-main/rpc/server/handlers/unsupported.ts';
import { remoteProgram } from '../../../../../../src-main/rpc/protocol/programs.ts';

describe('the name of a function in libvirt', () => {
  it.each([
    ['domainGetCpuStats', 'virDomainGetCPUStats'],
    ['connectDomainXmlFromNative', 'virConnectDomainXMLFromNative'],
    ['domainSnapshotCreateXml', 'virDomainSnapshotCreateXML'],
    ['connectGetCpuModelNames', 'virConnectGetCPUModelNames'],
    ['domainMigrateGetMaxSpeed', 'virDomainMigrateGetMaxSpeed'],
    ['nwfilterDefineXml', 'virNWFilterDefineXML'],
    ['domainAddIothread', 'virDomainAddIOThread'],
    ['nodeDeviceLookupScsiHostByWwn', 'virNodeDeviceLookupSCSIHostByWWN'],
  ])('%s is %s', (procedure, name) => {
    expect(apiName(procedure)).toBe(name);
  });
});

describe('procedures that nothing answers', () => {
  const handlers = unsupported(remoteProgram.procedures, { domainDestroy: () => undefined });

  it('say that they are not supported', () => {
    const call = handlers['domainBlockCommit'];
    expect(() => call?.(undefined as never, undefined)).toThrow(VirError);
    expect(() => call?.(undefined as never, undefined)).toThrow('virDomainBlockCommit');
  });

  it('are neither those that something answers, nor events, nor authentication', () => {
    expect(Object.keys(handlers)).not.toContain('domainDestroy');
    expect(Object.keys(handlers)).not.toContain('domainEventLifecycle');
    expect(Object.keys(handlers).filter((name) => name.startsWith('auth'))).toEqual([]);
  });
});
