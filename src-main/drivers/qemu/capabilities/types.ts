/**
 * What one QEMU binary can do, as it says itself over QMP. Code asks for a device, a property, a command or a schema
 * path; nothing asks for a version.
 */
export interface QemuCapabilities {
  readonly binary: string;
  readonly version: { readonly major: number; readonly minor: number; readonly micro: number };
  /** The distribution's own version string; empty when there is none. */
  readonly package: string;
  /** libvirt's name of the target: `x86_64`, `aarch64`, `ppc64` … */
  readonly architecture: string;
  readonly machines: readonly QemuMachine[];
  readonly accelerators: readonly QemuAccelerator[];
  /** By accelerator (`kvm`, `tcg`). */
  cpuModels(accelerator: string): readonly QemuCpuModel[];
  /** A QOM type exists (`qom-list-types`): `virtio-scsi-pci`, `memory-backend-memfd` … */
  hasType(name: string): boolean;
  /** A device or object type has the property. */
  hasProperty(type: string, property: string): boolean;
  hasCommand(name: string): boolean;
  hasEvent(name: string): boolean;
  /** A command-line option exists, with the parameter if one is given (`query-command-line-options`). */
  hasOption(option: string, parameter?: string): boolean;
  /**
   * Whether a path exists in `query-qmp-schema`: `blockdev-add/arg-type/+qcow2/discard`,
   * `query-display-options/ret-type/+dbus`. A segment names a member; `+x` goes into the variant x; `^x` asks for the
   * enumeration value x; `$x` for the feature x; `!x` for a type x.
   */
  schemaHas(path: string): boolean;
}

export interface QemuMachine {
  readonly name: string;
  /** `pc`, `q35` …: the name that stands for the newest of its kind. */
  readonly alias?: string;
  readonly isDefault: boolean;
  readonly maxCpus: number;
  readonly hotpluggableCpus: boolean;
  readonly numaMemorySupported: boolean;
  readonly deprecated: boolean;
  readonly defaultCpuType?: string;
  readonly defaultRamId?: string;
  readonly acpi?: boolean;
}

export interface QemuAccelerator {
  readonly name: 'kvm' | 'tcg';
  /** QEMU was built with it and the host offers it. */
  readonly present: boolean;
  /** It has run guest code in time; only then is it used. */
  readonly works: boolean;
  /** Why it does not, for the user: cause and remedy. */
  readonly reason?: string;
}

export interface QemuCpuModel {
  readonly name: string;
  readonly typename: string;
  readonly usable: boolean;
  readonly blockers: readonly string[];
  readonly deprecated: boolean;
}
