import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { entriesOf, publishedPackages } from "../support/workspace.ts";

// This file runs in both projects. A name must lead to the very module instance of the file that the project stands for;
// comparing paths would not do, since Node resolves an externalized import by its own conditions, whatever Vite answers.
describe.each(publishedPackages())("$manifest.name", (pkg) => {
  it.for(entriesOf(pkg))("$specifier is what this project tests", async ({ specifier, source, built }, { task }) => {
    const project = task.file.projectName;
    const file = join(pkg.path, project === "source" ? source : built);

    expect(["source", "dist"]).toContain(project);
    expect(await import(/* @vite-ignore */ specifier)).toBe(await import(/* @vite-ignore */ file));
  });
});
