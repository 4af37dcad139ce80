import { defineConfig } from "vite";

export default defineConfig({
  // The workspace's packages as they are in their sources.
  resolve: { conditions: ["octet-source", "module", "browser", "development|production"] },
  build: { target: "es2022" },
  // It finds its WebAssembly beside itself.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  server: {
    // An isolated page has a clock of 5 µs instead of 100 µs.
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
  },
});
