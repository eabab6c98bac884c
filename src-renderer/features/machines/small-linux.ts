import { engine } from '../../app/client.ts';
import { go, paths } from '../../app/routes.ts';
import { useSettings } from '../../app/store/settings-store.ts';

/** Makes a machine of the small Linux with the defaults, starts it and shows its console: one click to a guest. */
export async function trySmallLinux(): Promise<void> {
  const { defaultUri: uri, defaultGraphics } = useSettings.getState();
  const [resources, name] = await Promise.all([
    engine.call('create.resources', { uri }),
    engine.call('create.suggest-name', { uri, base: 'small-linux' }),
  ]);
  const { uuid } = await engine.call('create.run', {
    uri,
    name,
    source: { type: 'small-linux' },
    memoryKiB: 256 * 1024,
    vcpus: 1,
    firmware: 'bios',
    tpm: false,
    machine: 'q35',
    network: 'user',
    netModel: resources.netModel,
    forwards: [],
    graphics: defaultGraphics,
    video: 'virtio',
    startNow: true,
  });
  go(paths.machine({ uri, uuid }, 'console'));
}
