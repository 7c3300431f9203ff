import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` and `npm run mock` side by side: the pages come from Vite, everything else from the server.
const server = process.env.DIEMCAU_SERVER ?? 'http://127.0.0.1:8099';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: '../src/diemcau/api/static',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: server, ws: true },
      '/whip': server,
      '/whep': server,
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
