/** Which procedures a client that opened its connection read-only may call. */

/** Connecting, telling, finding, listing, and registering for events. */
const reading =
  /^auth|^connect(?:Open|Close|SupportsFeature|RegisterCloseCallback|UnregisterCloseCallback|CompareCpu|BaselineCpu)$|Event.*(?:Register|Deregister)|(?:Get|Lookup|List|Is|Has|NumOf|Num|Stats|StatsFlags|Current|InterfaceAddresses)(?=[A-Z]|$)/;

/** Called like those, but they tell secrets, reach into the guest, or change something. */
const notReading: ReadonlySet<string> = new Set([
  'connectGetDomainCapabilities',
  'domainAuthorizedSshKeysGet',
  'domainGetFsinfo',
  'domainGetGuestInfo',
  'domainGetGuestVcpus',
  'domainGetHostname',
  'domainGetTime',
  'domainMigrateGetCompressionCache',
  'domainMigrateGetMaxDowntime',
  'domainMigrateGetMaxSpeed',
  'domainSaveImageGetXmlDesc',
  'secretGetValue',
]);

export function mayRead(procedure: string): boolean {
  return reading.test(procedure) && !/Set[A-Z]/.test(procedure) && !notReading.has(procedure);
}
