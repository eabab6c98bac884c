// What is changed in libraries as they are bundled. A change that no longer fits its library fails the build.
import { fileURLToPath } from 'node:url';

const spiceSockets = fileURLToPath(
  new URL('../../src-renderer/features/console/display/spice/spice-sockets.ts', import.meta.url),
);

/** This load's style nonce, where the page's policy asks for it. */
const nonce = `{nonce:document.querySelector('meta[property="csp-nonce"]')?.content??''}`;

const changes = [
  {
    // The SPICE client opens a WebSocket for each channel; here its connections are ports to the main process.
    file: /\/spice-html5\/src\/spiceconn\.js$/,
    replace: [
      [
        'import { Constants }',
        `import { SpiceSocket as WebSocket } from ${JSON.stringify(spiceSockets)};\nimport { Constants }`,
      ],
    ],
  },
  {
    // It forgets its cursor channel when there is sound.
    file: /\/spice-html5\/src\/main\.js$/,
    replace: [['this.cursor = new SpicePlaybackConn', 'this.playback = new SpicePlaybackConn']],
  },
  {
    // The page's policy takes no style attribute written as text, and style elements only with the nonce.
    file: /\/@xterm\/xterm\/lib\/xterm\.mjs$/,
    replace: [
      [
        /(\w+)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}\$\{(\w+)\};`\)/,
        '$1.style.cssText+=$2+";"',
      ],
      [/([\w.]+)\.createElement\("style"\)/g, `Object.assign($1.createElement("style"),${nonce})`],
    ],
  },
];

export function libraryChanges() {
  return {
    name: 'library-changes',
    transform(code, id) {
      const change = changes.find(({ file }) => file.test(id));
      if (change === undefined) return undefined;
      let changed = code;
      for (const [from, to] of change.replace) {
        const before = changed;
        changed = changed.replace(from, to);
        if (changed === before) this.error(`${id} no longer has ${from}`);
      }
      return { code: changed, map: null };
    },
  };
}
