import { defineConfig } from "vitest/config";

/** The tests of one package on its sources, and nothing that takes the machine: no browser, no GPU, no other package. */
export default defineConfig({
  resolve: { conditions: ["octet-source", "module", "import", "default"] },
  ssr: { resolve: { conditions: ["octet-source", "module", "import", "node", "default"] } },
  test: {
    include: [`packages/${process.env.OCTET_MUTATED_PACKAGE}/{src,test}/**/*.test.ts`],
    exclude: ["**/node_modules/**", "**/dist/**"],
    tags: [{ name: "full" }],
    tagsFilter: ["!full"],
    testTimeout: 60_000,
    // A mutant is switched on within modules that are already loaded. So one of what is computed once, such as a table, is listed
    // though a test may notice it.
    isolate: false,
  },
});
