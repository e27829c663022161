import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  build: {
    target: 'es2023',
    outDir: '../../../dist/sandbox',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
  },
});
