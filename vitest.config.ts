import { defineConfig, type Plugin } from "vitest/config";
import { swiftShaderEnvironment } from "./tests/browser-testing/src/swiftshader.ts";

/** Chooses what `@octet/*` resolves to: the TypeScript sources, or what is published. */
const resolution = (source: boolean) => {
  const conditions = source ? ["octet-source"] : [];
  return {
    plugins: [refuseModules(source ? /\/packages\/[^/]+\/dist\// : /\/packages\/[^/]+\/src\//)],
    resolve: { conditions: [...conditions, "module", "import", "default"] },
    ssr: { resolve: { conditions: [...conditions, "module", "import", "node", "default"] } },
  };
};

/** Fails the import of a module that belongs to the other kind: a suite that mixes both tests neither. */
const refuseModules = (pattern: RegExp): Plugin => ({
  name: "refuse-modules",
  enforce: "pre",
  load(id) {
    if (pattern.test(id)) this.error(`${id} is not what this project tests (${pattern})`);
  },
});

/** `pnpm test` leaves out what has this tag, and `pnpm test:full` runs it too; so does vitest on its own. */
const tags = [
  { name: "full", description: "takes long and rarely breaks, or repeats in depth what `pnpm test` samples" },
];

const shared = {
  exclude: ["**/node_modules/**", "**/dist/**"],
  tags,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Vulkan, and with it Dawn for Node, runs on SwiftShader, whatever GPU the machine has.
  env: await swiftShaderEnvironment(),
};
const publicFace = ["packages/*/test/**/*.test.ts", "tests/resolution/*.test.ts"];

export default defineConfig({
  test: {
    // Vitest would leave a core idle; on two cores that doubles the time.
    maxWorkers: "100%",
    projects: [
      {
        ...resolution(true),
        test: {
          ...shared,
          name: "source",
          include: [
            "{packages,apps,examples}/*/src/**/*.test.ts",
            "packages/*/self-test/**/*.test.ts",
            "{apps,examples}/*/test/**/*.test.ts",
            ...publicFace,
          ],
        },
      },
      // Tests of a package's public face import it by name, and run once more on the built files.
      { ...resolution(false), test: { ...shared, name: "dist", include: publicFace } },
      // The workspace as a whole: layers, snippets, packing, hygiene.
      {
        test: {
          ...shared,
          name: "workspace",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/resolution/**", "tests/.snippets/**", ...shared.exclude],
        },
      },
    ],
  },
});
