/** The disks a definition names, read from its XML where only the names are needed. */
export interface DiskFile {
  readonly path: string;
  readonly target: string;
  readonly readonly: boolean;
  readonly shareable: boolean;
}

export function disksOf(xml: string): readonly DiskFile[] {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  return [...document.querySelectorAll('domain > devices > disk')].flatMap((disk) => {
    const device = disk.getAttribute('device') ?? 'disk';
    const source = disk.querySelector(':scope > source');
    const path = source?.getAttribute('file') ?? source?.getAttribute('dev');
    if (device !== 'disk' || path === null || path === undefined) return [];
    return [
      {
        path,
        target: disk.querySelector(':scope > target')?.getAttribute('dev') ?? '',
        readonly: disk.querySelector(':scope > readonly') !== null,
        shareable: disk.querySelector(':scope > shareable') !== null,
      },
    ];
  });
}
