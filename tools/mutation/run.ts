/**
 * Mutates the sources of packages one after the other, runs each package's own tests on every mutant, and lists the mutants that
 * no test noticed: `pnpm mutate core metrics`. Without names, all of them. What a run found is kept, and the next
 * one tries only the mutants whose source or tests changed.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";

const here = dirname(fileURLToPath(import.meta.url));
const portable = ["core", "metrics", "nn", "safetensors", "checkpoint"];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !portable.includes(name));

if (unknown.length > 0) {
  console.error(`octet: ${unknown.join(", ")}: no such package to mutate; choose from ${portable.join(", ")}`);
  process.exit(2);
}

process.chdir(join(here, "../.."));
for (const name of asked.length === 0 ? portable : asked) {
  console.log(`\n== ${name}`);
  process.env.OCTET_MUTATED_PACKAGE = name;
  await new Stryker({
    mutate: [`packages/${name}/src/**/*.ts`, "!**/*.test.ts", "!**/index.ts", "!**/node.ts"],
    plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/vitest-runner")), join(here, "ignore-messages.ts")],
    ignorers: ["messages"],
    testRunner: "vitest",
    vitest: { configFile: join(here, "vitest.config.ts"), related: false },
    coverageAnalysis: "perTest",
    ignoreStatic: true,
    ignorePatterns: ["apps/bench/results", "**/dist"],
    // vitest strips types; nothing checks them.
    disableTypeChecks: false,
    tempDirName: "tools/mutation/.sandbox",
    incremental: true,
    incrementalFile: `tools/mutation/reports/${name}.json`,
    reporters: ["progress-append-only", "clear-text", "html"],
    htmlReporter: { fileName: `tools/mutation/reports/${name}.html` },
    clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
    allowConsoleColors: false,
  }).runMutationTest();
}
