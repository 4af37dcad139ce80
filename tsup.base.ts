import { defineConfig, type Options } from "tsup";

/** The build of every published package: ES modules, one declaration file per entry, nothing of ours bundled in. */
export function library(entry: string[], options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    dts: true,
    clean: true,
    sourcemap: true,
    treeshake: true,
    ...options,
  });
}
