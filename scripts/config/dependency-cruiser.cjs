// Imports point one way:
//   src-renderer → src-shared ← src-main
//   in src-main: window, ipc, cli, rpc/server → engine → (interfaces) ← drivers → network, storage, console, host
const doors = '^src-main/(window|ipc|cli|rpc/server)/';
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-cycle', 'A cycle has no first file to read.', {}, { circular: true }),
    forbid('no-unresolvable', 'Every import resolves.', {}, { couldNotResolve: true }),
    forbid(
      'shared-is-pure',
      'src-shared runs on both sides.',
      { path: '^src-shared/' },
      { path: '^(src-main|src-renderer|test|scripts)/' },
    ),
    forbid('shared-no-node', 'src-shared knows no Node.', { path: '^src-shared/' }, { dependencyTypes: ['core'] }),
    forbid(
      'renderer-sees-shared-only',
      'The renderer asks the engine through the contract.',
      { path: '^src-renderer/' },
      { path: '^(src-main|test|scripts)/' },
    ),
    forbid('renderer-no-node', 'The renderer is sandboxed.', { path: '^src-renderer/' }, { dependencyTypes: ['core'] }),
    forbid(
      'main-no-renderer',
      'The engine does not know who shows it.',
      { path: '^src-main/' },
      { path: '^(src-renderer|test|scripts)/' },
    ),
    forbid(
      'electron-only-in-the-shell',
      'The engine runs in plain Node.',
      { path: '^src-', pathNot: '^src-main/(index\\.ts$|window/|ipc/)' },
      { path: '^(node_modules/)?electron(/|$)' },
    ),
    forbid(
      'doors-are-the-top',
      'Nothing below a door imports it.',
      { path: '^src-main/(engine|drivers|network|storage|console|host|catalogue|helper|rpc/(?!server/))' },
      { path: doors },
    ),
    forbid(
      'doors-talk-to-the-engine',
      'A door asks the engine, never a driver; each is independent of the others.',
      { path: '^src-main/(ipc|cli|rpc/server)/' },
      { path: '^src-main/(drivers|window)/' },
    ),
    forbid(
      'engine-knows-interfaces',
      'Drivers implement the engine’s interfaces; the engine imports none.',
      { path: '^src-main/engine/' },
      { path: '^src-main/(drivers|network|storage|console|catalogue|helper)/' },
    ),
    forbid(
      'no-driver-in-parts',
      'network, storage, console and catalogue serve drivers.',
      { path: '^src-main/(network|storage|console|catalogue)/' },
      { path: '^src-main/(drivers|helper)/' },
    ),
    forbid(
      'drivers-are-independent',
      'A driver does not import another.',
      { path: '^src-main/drivers/([^/]+)/' },
      { path: '^src-main/drivers/', pathNot: '^src-main/drivers/($1/|[^/]+\\.ts$)' },
    ),
    forbid(
      'host-is-the-bottom',
      'host/ needs nothing of ours but src-shared.',
      { path: '^src-main/host/' },
      { path: '^src-main/', pathNot: '^src-main/host/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist)/' },
    tsPreCompilationDeps: true,

    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
};
