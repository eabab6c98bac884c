/** Differences that are meant, or known and not yet mended. Whatever is not here fails the test. */

export interface Reason {
  readonly command?: RegExp;
  /** A line that differs, with `-` in front when only libvirtd has it, `+` when only we do. */
  readonly line: RegExp;
  readonly why: string;
}

/** Both sides' words for one thing. */
const pair = (why: string, libvirtd: RegExp, ours: RegExp, command?: RegExp): Reason[] =>
  [libvirtd, ours].map((line) => ({ line, why, ...(command === undefined ? {} : { command }) }));

const absent = (why: string, command: RegExp): Reason => ({ command, line: /./, why });

const names = 'our message names the machine, the disk or the file';
const agent = 'our message names the machine whose agent is not connected';

export const reasons: readonly Reason[] = [
  // Meant.
  ...pair(
    names,
    /^-error: Requested operation is not valid: (domain is (not|already) running|cannot (rename active|undefine transient) domain|cannot set autostart for transient domain|Can't rename domain to itself|domain with a managed saved state can't be renamed|cannot resize the maximum memory on an active domain|target vdb already exists)$/,
    /^\+error: Requested operation is not valid: .*'(web|plain|once|simple)'/,
  ),
  ...pair(
    names,
    /^-error: Cannot access storage file '.*': No such file or directory$/,
    /^\+error: Cannot access storage file '.*' of disk 'vd[ac]'\. There is no such file\.$/,
  ),
  ...pair(
    'our message says whose snapshots there are, what going back would need, or what to do',
    /^-error: .*(domain moment first already exists|cannot delete inactive domain with 3 snapshots|revert to external snapshot not supported yet)$/,
    /^\+error: .*(domain moment first already exists|cannot delete inactive domain with 3 snapshots|revert to external snapshot not supported yet)\. .*'web'/,
  ),
  ...pair(
    'our message begins as its code has it',
    /^-error: Flag 'VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY' is required/,
    /^\+error: invalid argument: Flag 'VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY' is required/,
  ),
  ...pair(names, /^-error: Cannot check QEMU binary/, /^\+error: The emulator '\/nonsense' can't be used/),
  ...pair(names, /^-error: failed to remove pool/, /^\+error: The folder .* of the pool 'images' can't be removed/),
  ...pair(
    names,
    /^-error: cannot open directory .*: No such/,
    /^\+error: cannot open directory .* of the pool 'images'/,
  ),
  ...pair(
    names,
    /^-error: Failed to open file .*nowhere\.save/,
    /^\+error: .*nowhere\.save' can't be read\. There is no such/,
  ),
  ...pair(
    names,
    /^-error: operation failed: image magic/,
    /^\+error: operation failed: The saved guest .* can't be read/,
  ),
  ...pair(
    agent,
    /^-error: Guest agent is not responding: QEMU guest agent is not connected$/,
    /^\+error: Guest agent is not responding: The guest agent of domain 'web'/,
  ),
  ...pair(
    'our message says how much there is',
    /^-error: invalid argument: cannot set memory higher/,
    /^\+error: invalid argument: cannot set memory of domain 'web' higher .* KiB\.$/,
  ),
  ...pair(
    'our message says the two numbers and no more',
    /^-error: invalid argument: requested vcpus is greater/,
    /^\+error: invalid argument: requested cpu amount exceeds maximum \(\d > \d\)$/,
  ),
  ...pair(
    'a disk that is there already is refused before its XML is looked at',
    /^-error: XML error: target 'vdb' duplicated/,
    /^\+error: Requested operation is not valid: The domain 'web' already has <disk>/,
  ),
  ...pair(
    'our message says which screens there are',
    /^-error: .*no such screen ID/,
    /^\+error: invalid argument: The domain 'web' has 1 screens/,
  ),
  ...pair(
    'wrong XML is reported by line and by path',
    /^-(error: (\(domain_definition|missing name|unsupported configuration: invalid domain type|XML error: expecting root)|\(null\)|\^)/,
    /^\+error: (XML error: )?line \d+/,
  ),
  ...pair(
    'our message says what would be lost',
    /^-error: invalid argument: can't shrink/,
    /^\+error: invalid argument: The volume 'one\.raw' would become smaller/,
  ),
  {
    command: /^vol-resize one\.raw 2M images --shrink/,
    line: /./,
    why: 'a volume is made smaller when that is asked for by name',
  },
  ...pair(
    'one wording for a name that is taken',
    /^-error: internal error: storage volume name/,
    /^\+error: storage volume 'copy\.qcow2' exists/,
  ),
  ...pair(
    'one wording for a pool that is active',
    /^-error: .*'images' is already active/,
    /^\+error: .*'images' is still active/,
    /^pool-build/,
  ),
  ...pair(
    'a name is part of the XML',
    /^-error: Requested operation.*'bad\/name'/,
    /^\+error: XML error: .*'bad\/name'/,
  ),
  ...pair(
    'our message says how many bytes were announced',
    /^-error: cannot write to stream/,
    /^\+error: invalid argument: More than 65536 bytes/,
  ),
  ...pair(
    'an architecture without an emulator is a lack of this host',
    /^-error: .*unknown architecture/,
    /^\+error: .*There is no QEMU for nonsense/,
  ),
  ...pair(
    'the pool type is refused before its source is looked at',
    /^-error: .*hostname must be specified/,
    /^\+error: .*'netfs' does not support source/,
  ),
  {
    command: /^domifaddr web$/,
    line: /^\+ net0 +52:54/,
    why: "the address that QEMU's own network gives its guest is known",
  },
  ...pair(
    "guests on QEMU's own network are no neighbours of the host",
    /^-error: .*wrong nlmsg len/,
    /^\+error: .*neighbours don't include/,
  ),
  {
    command: /^domstats web$/,
    line: /^- +cpu\.(time|user|system)=/,
    why: 'libvirtd counts its own time for a machine that does not run, where it has no cgroup',
  },
  { command: /^domstats web$/, line: /^[-+] +net\.count=/, why: 'cards without figures are not counted' },
  { line: /^- +<metadata\/>$/, why: 'emptied metadata is not kept' },
  {
    command: /^nodeinfo/,
    line: /^-CPU frequency/,
    why: 'the frequency is left out by virsh when the host does not tell it',
  },
  {
    command: /^change-media web sda --eject --live/,
    line: /./,
    why: 'libvirtd keeps an empty <source> in an empty drive; we keep none',
  },
  ...pair(
    'a line of words is what can be pasted into a shell',
    /^-\/usr\/bin\/qemu-system/,
    /^\+/,
    /^domxml-to-native/,
  ),
  {
    command: /^vol-(list|info|dumpxml)/,
    line: /(196\.00|12\.00) KiB|200704|12288|196616|262144/,
    why: 'our empty qcow2 images take less room',
  },
  {
    command: /^vol-dumpxml/,
    line: /^\+ +<source\/>$/,
    why: 'every volume is told as libvirtd tells those it found itself',
  },
  {
    command: /^vol-dumpxml/,
    line: /<(compat|clusterSize|\/?permissions|\/?timestamps|mode|owner|group|[amcb]time)/,
    why: 'the image behind a volume is told by path and format alone; what its header says is told always',
  },
  {
    command: /^nwfilter-list/,
    line: /^\+ /,
    why: "the filters that libvirt's packages bring for the system are there for a user too",
  },
  { command: /^qemu-monitor-command/, line: /"return"/, why: "QEMU's own numbering of replies is not passed on" },
  { command: /^blkdeviotune web vda$/, line: /^[-+]group_name/, why: 'QEMU chooses the group that nobody named' },

  // Not yet.
  {
    command: /^capabilities/,
    line: /./,
    why: 'the model of the host CPU, its caches and distances are not told; emulators are in another order',
  },
  {
    command: /^domcapabilities( --virt|$)/,
    line: /<(\/?mode|model|vendor|feature|enum|\/enum|value|backup|\/?hyperv)/,
    why: "libvirt's own list of CPU models (vendors, host-model), Hyper-V features and TPM versions are not told",
  },
  {
    command: /^dumpxml (web|plain)$/,
    line: /<(cpu mode|feature policy)/,
    why: 'the features of the CPU that QEMU made are not read back',
  },
  { command: /^dumpxml web --migratable/, line: /./, why: 'what older versions would not know is not left out yet' },
  { command: /^event/, line: /^-\t/, why: 'the figures of a save that has ended are not told' },
  absent('pool types are not listed', /^pool-capabilities/),
  absent('a core can not be dumped', /^dump /),
  absent('there is no migration', /^migrate-get/),
  absent('there is no conversion from command lines', /^domxml-from-native/),
];
