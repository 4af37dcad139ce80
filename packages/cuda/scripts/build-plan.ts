import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What can be built here, and what cannot, with the reason. */
export interface BuildPlan {
  /** Paths of the tools; undefined where the native parts cannot be built. */
  readonly tools?: { readonly compiler: string; readonly nvcc: string | undefined };
  readonly leftOut: readonly { readonly what: string; readonly why: string }[];
}

/** Plans a build by what is found in PATH. */
export function planBuild(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): BuildPlan {
  const find = (...names: string[]): string | undefined => {
    const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
    return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  };
  const nothing = (why: string): BuildPlan => ({ leftOut: [{ what: "the native addons", why }] });
  if (environment.OCTET_CUDA_BUILD === "none") return nothing("OCTET_CUDA_BUILD is none");
  if (platform !== "linux") return nothing("they are for Linux");
  const [compiler, nvcc] = [find("g++", "c++", "clang++"), find("nvcc")];
  const missing = [
    compiler === undefined && "a C++ compiler",
    find("cmake") === undefined && "cmake",
    find("make", "ninja") === undefined && "make or ninja",
  ].filter((name) => name !== false);
  if (compiler === undefined || missing.length > 0) return nothing(`${missing.join(", ")} not found in PATH`);
  const leftOut = nvcc === undefined ? [{ what: "the addon for GPUs", why: "nvcc not found in PATH" }] : [];
  return { tools: { compiler, nvcc }, leftOut };
}
