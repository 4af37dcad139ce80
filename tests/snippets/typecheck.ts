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
  // Where packages are checked as well, TypeScript's own libraries are not.
  skipDefaultLibCheck: true,
  noEmit: true,
};

/** Files of TypeScript and of @types, which no program changes. */
const libraries = new Map<string, ts.SourceFile | undefined>();

/** A host that parses the libraries once for all programs. */
function createHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile;
  host.getSourceFile = (file, ...rest) => {
    if (!/\/node_modules\/(?:typescript|@types|undici-types)\//.test(file)) return parse(file, ...rest);
    if (!libraries.has(file)) libraries.set(file, parse(file, ...rest));
    return libraries.get(file);
  };
  return host;
}

/**
 * What TypeScript says against each file, from one program for all; files without complaints are left out. `overrides` change the
 * options of the consumer.
 */
export function typeErrors(files: readonly string[], overrides: ts.CompilerOptions = {}): Map<string, string[]> {
  const errors = new Map<string, string[]>();
  const used = { ...options, ...overrides };
  for (const diagnostic of ts.getPreEmitDiagnostics(ts.createProgram(files, used, createHost(used)))) {
    const file = diagnostic.file?.fileName ?? "";
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    const message = `line ${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`;
    errors.set(file, [...(errors.get(file) ?? []), message]);
  }
  return errors;
}
