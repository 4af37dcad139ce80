import { execFileSync } from "node:child_process";
import type { UserConfig } from "vite";

// For the page's report; Vite puts what begins with VITE_ into index.html.
process.env.VITE_COMMIT ??= commitOfSources();

function commitOfSources(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown"; // a copy without its history
  }
}

const config: UserConfig = {
  // The workspace's packages as they are in their sources.
  resolve: { conditions: ["octet-source", "module", "browser", "development|production"] },
  build: { target: "es2022" },
  // It finds its WebAssembly beside itself.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  server: {
    // An isolated page has a clock of 5 µs instead of 100 µs.
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
  },
};

export default config;
