import { join } from "node:path";
import ts from "typescript";
import { root } from "../support/workspace.ts";

/** Options of a strict consumer: what is built and published is seen, not the sources. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  // The least that a user of `using` needs.
  lib: [
    "lib.es2022.d.ts",
    "lib.esnext.disposable.d.ts",
    "lib.dom.d.ts",
    "lib.dom.iterable.d.ts",
    "lib.dom.asynciterable.d.ts",
  ],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  typeRoots: [join(root, "node_modules/@types")],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};

/**
 * What TypeScript says against each file, from one program for all; files without complaints are left out. `overrides` change the
 * options of the consumer.
 */
export function typeErrors(files: readonly string[], overrides: ts.CompilerOptions = {}): Map<string, string[]> {
  const errors = new Map<string, string[]>();
  for (const diagnostic of ts.getPreEmitDiagnostics(ts.createProgram(files, { ...options, ...overrides }))) {
    const file = diagnostic.file?.fileName ?? "";
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    const message = `line ${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`;
    errors.set(file, [...(errors.get(file) ?? []), message]);
  }
  return errors;
}
