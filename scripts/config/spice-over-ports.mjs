// The SPICE client opens a WebSocket for each channel; here its connections are ports to the main process.
import { fileURLToPath } from 'node:url';

const sockets = fileURLToPath(
  new URL('../../src-renderer/features/console/display/spice/spice-sockets.ts', import.meta.url),
);

/** What is changed in @spice-project/spice-html5, file by file; a change that no longer fits fails the build. */
const changes = {
  'spiceconn.js': [
    [
      'import { Constants }',
      `import { SpiceSocket as WebSocket } from ${JSON.stringify(sockets)};\nimport { Constants }`,
    ],
  ],
  // It forgets its cursor channel when there is sound.
  'main.js': [['this.cursor = new SpicePlaybackConn', 'this.playback = new SpicePlaybackConn']],
};

export function spiceOverPorts() {
  return {
    name: 'spice-over-ports',
    transform(code, id) {
      const file = /\/spice-html5\/src\/(\w+\.js)$/.exec(id)?.[1];
      let changed = code;
      for (const [from, to] of changes[file] ?? []) {
        if (!changed.includes(from)) this.error(`${file} of spice-html5 no longer has '${from}'`);
        changed = changed.replace(from, () => to);
      }
      return changed === code ? undefined : { code: changed, map: null };
    },
  };
}
