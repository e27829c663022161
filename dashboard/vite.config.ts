import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { chunkOf } from './chunks.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

// Relative addresses, so that the page works under any path. Nothing inline and no data: addresses, which its policy forbids.
export default defineConfig({
  root: here,
  base: './',
  plugins: [svelte({ configFile: `${here}svelte.config.js` })],
  build: {
    outDir: `${here}../dist/dashboard`,
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ debugName: 'first', name: chunkOf }] } },
    },
  },
});
