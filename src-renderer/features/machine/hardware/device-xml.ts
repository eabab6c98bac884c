import { devicesSchema } from '../../../../src-shared/model/domain/index.ts';
import { formatXml } from '../../../../src-shared/xml/format.ts';
import type { DeviceList } from '../edit/domain-edit.ts';

/** The kinds of device there are, as the schema lists them. */
export const deviceKinds: readonly DeviceList[] = devicesSchema.compiled.children
  .filter(({ spec }) => spec.kind === 'children')
  .map(({ key }) => key as DeviceList);

/** One device as its XML. */
export function deviceXml(kind: DeviceList, device: object): string {
  const spec = devicesSchema.compiled.childByName.get(kind)?.spec;
  if (spec?.kind !== 'children') return '';
  return formatXml(spec.schema(), device).trimEnd();
}
