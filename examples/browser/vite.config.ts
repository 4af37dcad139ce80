import { defineConfig } from "vite";

export default defineConfig({
  // The workspace's packages as they are in their sources; an application of your own leaves this out.
  resolve: { conditions: ["octet-source", "module", "browser", "development|production"] },
  // Top-level await, which the backends' modules may use.
  build: { target: "es2022" },
});
