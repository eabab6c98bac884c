import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { fileURLToPath } from 'node:url';
import { licences } from './licences.mjs';
import { libraryChanges } from './library-changes.mjs';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const external = ['electron'];

/**
 * V8 keeps a source as long as its code lives, with two bytes a letter as soon as one is beyond Latin-1: of the engine that
 * would be 6 MB instead of 2. Nothing in it looks at the raw text of a template.
 */
const ascii = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const part of Object.values(bundle)) {
      if (part.type !== 'chunk') continue;
      part.code = part.code.replaceAll(
        /[^\0-\x7F]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

const main = {
  root: at('.'),
  plugins: [licences(at('out/licences/engine.txt')), ascii],
  build: {
    externalizeDeps: false,
    outDir: at('out/main'),
    rolldownOptions: {
      external,
      input: { index: at('src-main/index.ts'), cli: at('src-main/cli/main.ts') },
      // What is compiled is kept, which Node's loader of other modules has no place for.
      output: {
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: 'chunks/[name]-[hash].cjs',
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
      },
    },
  },
};

const window = {
  preload: {
    root: at('.'),
    build: {
      // A sandboxed preload may require nothing but electron: one CommonJS file.
      externalizeDeps: false,
      outDir: at('out/preload'),
      rolldownOptions: {
        external: ['electron'],
        input: { index: at('src-main/window/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [react(), libraryChanges(), licences(at('out/licences/window.txt'))],
    build: {
      // noVNC has top-level await.
      target: 'esnext',
      minify: true,
      outDir: at('out/renderer'),
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: { index: at('src-renderer/index.html') },
        // What the first picture needs is one file: each further one is another way between processes.
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
  },
};

export default defineConfig(({ mode }) => ({ main, ...(mode === 'engine' ? {} : window) }));
