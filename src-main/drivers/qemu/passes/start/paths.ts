import type { StartPass } from './types.ts';

/** Channels without a socket of their own listen in the run's folder. */
export const prepareChannels: StartPass = ({ devices }, { run }) => {
  for (const channel of devices.channel) {
    if (channel.type !== 'unix') continue;
    const source = (channel.source ??= { seclabel: [] });
    if (source.path !== undefined && source.path !== '') continue;
    const name = channel.target?.type === 'virtio' ? channel.target.name : undefined;
    source.path = `${run.channelDirectory}/${name ?? 'unknown.sock'}`;
    source.mode = 'bind';
  }
};
