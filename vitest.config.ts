import { defineConfig } from "vitest/config";

/** Chooses what `@octet/*` resolves to: the TypeScript sources, or what is published. */
const resolution = (source: boolean) => {
  const conditions = source ? ["octet-source"] : [];
  return {
    resolve: { conditions: [...conditions, "module", "import", "default"] },
    ssr: { resolve: { conditions: [...conditions, "module", "import", "node", "default"] } },
  };
};

const shared = { exclude: ["**/node_modules/**", "**/dist/**"], testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        ...resolution(true),
        test: {
          ...shared,
          name: "source",
          include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts"],
        },
      },
      // Tests of a package's public face import it by name, and run once more on the built files.
      { ...resolution(false), test: { ...shared, name: "dist", include: ["packages/*/test/**/*.test.ts"] } },
    ],
  },
});
