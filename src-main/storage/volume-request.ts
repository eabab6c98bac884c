/** What a volume to be made is asked to be: from libvirt's XML or from the form's few fields. */
import { parseStorageVolume, type StorageVolume } from '../../src-shared/model/storage-volume.ts';
import { say } from '../../src-shared/words.ts';
import { fromXmlError } from '../engine/domain-errors.ts';
import type { VolumeCreation } from '../engine/storage-api.ts';
import type { NewVolume } from './backend.ts';
import { storageError } from './errors.ts';
import { imageFormatNames } from './image-formats/bytes.ts';

const longestNameBytes = 255;

/** @throws VirError `xml-error` for a name no file can have. */
export function checkVolumeName(name: string): void {
  const problem =
    name === '' || name === '.' || name === '..'
      ? `'${name}' is not a name.`
      : name.includes('/')
        ? `volume name '${name}' cannot contain '/'`
        : [...name].some((character) => character < ' ' || character === '\x7f')
          ? 'A volume name cannot contain control characters.'
          : Buffer.byteLength(name) > longestNameBytes
            ? `The volume name has ${Buffer.byteLength(name)} bytes; a file name can have ${longestNameBytes}.`
            : undefined;
  if (problem !== undefined) throw storageError('xml-error', problem);
}

export function fromCreation(creation: VolumeCreation): NewVolume {
  const { name, format, capacityBytes, preallocate, backing } = creation;
  checkVolumeName(name);
  return {
    name,
    format,
    capacityBytes,
    allocationBytes: preallocate === true ? capacityBytes : 0,
    ...(backing === undefined ? {} : { backing }),
  };
}

/** A request whose capacity may still have to come from the image it starts from. */
export interface XmlRequest extends Omit<NewVolume, 'capacityBytes'> {
  readonly capacityBytes: number | undefined;
}

/** @throws VirError with libvirt's codes */
export function fromXml(xml: string): XmlRequest {
  let volume: StorageVolume;
  try {
    volume = parseStorageVolume(xml);
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
  const { name, target = {}, backingStore } = volume;
  if (name === undefined) throw storageError('xml-error', say`missing volume name element`);
  checkVolumeName(name);
  const format = target.format?.type ?? 'raw';
  if (!(imageFormatNames as readonly string[]).includes(format)) {
    throw storageError('config-unsupported', say`unknown volume format type ${format}`);
  }
  if (target.encryption !== undefined) {
    throw storageError('no-support', say`The volume '${name}' is to be encrypted, which is not supported yet.`);
  }
  const compat = target.compat;
  if (compat !== undefined && !/^\d+\.\d+$/.test(compat)) {
    throw storageError('xml-error', say`forbidden characters in 'compat' attribute`);
  }
  const features = Object.entries(target.features ?? {}).flatMap(([key, value]) => (value === true ? [key] : []));
  const capacityBytes = volume.capacity?.bytes;
  // libvirt's rules: a raw volume without <allocation> is allocated entirely, other formats only grow.
  const allocationBytes = format === 'raw' ? (volume.allocation?.bytes ?? capacityBytes ?? 0) : 0;
  const { mode } = target.permissions ?? {};
  const backingPath = backingStore?.path;
  return {
    name,
    format: format === 'iso' ? 'raw' : format,
    capacityBytes,
    allocationBytes,
    // Absent means version 2 in libvirt, for readers of its time; features need version 3.
    ...(format === 'qcow2' ? { compat: compat ?? (target.features === undefined ? '0.10' : '1.1') } : {}),
    ...(features.length === 0 ? {} : { features }),
    ...(target.clusterSize === undefined ? {} : { clusterBytes: target.clusterSize.bytes }),
    ...(target.nocow === true ? { nocow: true } : {}),
    ...(mode === undefined ? {} : { mode }),
    ...(backingPath === undefined
      ? {}
      : { backing: { path: backingPath, format: backingStore?.format?.type ?? 'raw' } }),
  };
}
