import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // The second makes the tests use Svelte's browser build; it does nothing to the app.
  plugins: [svelte(), svelteTesting()],
  // The shell serves the files itself, from its own root.
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: true, fs: { allow: [".."] } },
  build: {
    target: ["es2022", "safari16"],
    // The window's policy has no `data:` source, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    // Style sheets are empty to a test, except the one whose colours are measured.
    css: { include: [/app\.css/] },
    setupFiles: ["src/afternoon.ts"],
  },
});
