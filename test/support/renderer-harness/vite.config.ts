import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The renderer as the application builds it, into a folder of the harness. */
export default defineConfig({
  root: at('src-renderer'),
  base: './',
  plugins: [react()],
  build: {
    target: 'esnext',
    outDir: at('out/renderer-harness'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rolldownOptions: { input: { index: at('src-renderer/index.html') } },
  },
});
