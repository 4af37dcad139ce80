import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";

/** Bundles `page/` into a folder as page.js and worker.js. No bundler is told anything of what it bundles. */
export type Bundle = (folder: string) => Promise<unknown>;

const entries = Object.fromEntries(
  ["page", "worker"].map((name) => [name, join(import.meta.dirname, `page/${name}.js`)]),
);

export const bundlers: Readonly<Record<string, Bundle>> = {
  esbuild: (outdir) => esbuild({ entryPoints: entries, outdir, bundle: true, format: "esm", minify: true }),
  Vite: (outDir) =>
    vite({
      root: import.meta.dirname,
      configFile: false,
      logLevel: "warn",
      build: { outDir, emptyOutDir: true, rollupOptions: { input: entries, output: { entryFileNames: "[name].js" } } },
    }),
  webpack: (path) =>
    new Promise((resolve, reject) => {
      webpack({ mode: "production", entry: entries, output: { path } }, (error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors() || stats?.hasWarnings())
          reject(new Error(stats.toString({ all: false, errors: true, warnings: true })));
        else resolve(stats);
      });
    }),
};
