/**
 * The layers of the workspace, checked by `pnpm lint`. A package may import the packages that its line names, by name; nothing
 * else of ours. The picture and the reasons are in docs/architecture.md.
 */
const layers = {
  core: [],
  safetensors: [],
  metrics: ["core"],
  nn: ["core"],
  wasm: ["core"],
  webgpu: ["core"],
  cuda: ["core", "cuda-linux-x64"],
  "cuda-linux-x64": [],
  conformance: ["core", "metrics", "safetensors"],
  checkpoint: ["core", "metrics", "safetensors"],
  cli: ["checkpoint", "conformance", "core", "cuda", "metrics", "nn", "safetensors", "wasm", "webgpu"],
};

/** Their main entry runs in a browser as it stands; what needs files lives behind the `/node` entry. */
const portable = ["core", "safetensors", "metrics", "nn", "conformance", "checkpoint"];

/** Nothing but these packages' own code runs where they are installed. */
const selfContained = ["core", "safetensors", "metrics", "nn", "wasm", "webgpu"];

/** Who may use core's face for authors: backends and their suite, and what computes by the numerics of codes itself. */
const backendUsers = ["core", "wasm", "webgpu", "cuda", "conformance", "metrics", "checkpoint"];

/** The one library that a self-contained package bundles, so that it is not installed, and the one file that imports it. */
const bundled = "node_modules/picomatch/";
const bundler = "^packages/core/src/names/name-matcher\\.ts$";

const anyOf = (names) => `(?:${names.join("|")})`;
const tests = "\\.test\\.ts$";
const sources = "^packages/[^/]+/src/";
/** What a package's build starts from: the entries of its tsup.config.ts. */
const entries = "^packages/[^/]+/src/(?:index|backend|names|node|bin|worker)\\.ts$";

const layerRules = Object.entries(layers).map(([name, allowed]) => ({
  name: `layer-${name}`,
  comment: `${name} may import ${allowed.length === 0 ? "nothing of ours" : allowed.join(", ")}`,
  severity: "error",
  from: { path: `^packages/${name}/src/`, pathNot: tests },
  to: { path: "^(?:packages|apps|examples|tests|scripts)/", pathNot: `^packages/${anyOf([name, ...allowed])}/` },
}));

export default {
  forbidden: [
    ...layerRules,
    {
      name: "layer-named",
      comment: "A package that the table of layers does not name has no layer: give it one",
      severity: "error",
      from: { path: sources, pathNot: `^packages/${anyOf(Object.keys(layers))}/` },
      to: {},
    },
    {
      name: "by-name-only",
      comment: "Another package is imported by its name, never by a path into its files",
      severity: "error",
      from: { path: "^(packages|apps|examples)/([^/]+)/" },
      to: { path: "^(?:packages|apps|examples)/", pathNot: "^$1/$2/", dependencyTypes: ["local"] },
    },
    {
      name: "sources-not-dist",
      comment:
        "Inside the workspace a name leads to sources; a path in dist means that the resolution is set up wrongly, unless only a build makes the file",
      severity: "error",
      from: { pathNot: "/dist/" },
      to: { path: "^(?:packages|apps|examples)/[^/]+/dist/", pathNot: "\\.wasm(?:\\.d\\.ts)?$" },
    },
    {
      name: "no-cycles",
      comment: "Two modules that need each other are one module, or lack a third",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolvable",
      comment:
        "A module that cannot be found was not checked either; a binary is there once it is built, and imports nothing",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "\\.wasm$" },
    },
    {
      name: "portable-entry",
      comment: "The main entry runs in a browser: node:* stays in src/node.ts and src/node/",
      severity: "error",
      from: { path: `^packages/${anyOf(portable)}/src/`, pathNot: ["/src/node\\.ts$", "/src/node/", tests] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "portable-entry-imports-node-part",
      comment: "The main entry runs in a browser: it does not reach into the /node entry of its package",
      severity: "error",
      from: { path: `^packages/${anyOf(portable)}/src/`, pathNot: ["/src/node\\.ts$", "/src/node/", tests] },
      to: { path: "^packages/[^/]+/src/node(?:\\.ts$|/)" },
    },
    {
      name: "self-contained",
      comment: "These packages have no third-party dependency at run time",
      severity: "error",
      from: { path: `^packages/${anyOf(selfContained)}/src/`, pathNot: [bundler, tests] },
      to: { path: "node_modules" },
    },
    {
      name: "bundled-only",
      comment: "The file whose libraries are bundled bundles the one for globs, whose licence is packed, and no other",
      severity: "error",
      from: { path: bundler },
      to: { path: "node_modules", pathNot: [bundled, "node_modules/@types/"] },
    },
    {
      name: "names-apart",
      comment: "@octet/core and @octet/core/backend do not carry the library for globs",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: ["^packages/core/src/names(?:\\.ts$|/)", tests] },
      to: { path: "^packages/core/src/names(?:\\.ts$|/)" },
    },
    {
      name: "backend-face",
      comment:
        "@octet/core/backend is for authors of backends and numerics; everything else works with tensors and ops",
      severity: "error",
      from: {
        path: "^(?:packages|examples)/",
        pathNot: [
          `^packages/${anyOf(backendUsers)}/`,
          "^examples/third-party-backend/",
          tests,
          "^packages/[^/]+/test/",
        ],
      },
      to: { path: "^packages/core/src/backend\\.ts$" },
    },
    {
      name: "no-dev-dependency-in-sources",
      comment: "Sources use what a user gets installed: dependencies, optional dependencies and peers",
      severity: "error",
      from: { path: sources, pathNot: [bundler, tests] },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "node_modules/@types/" },
    },
    {
      name: "no-test-in-sources",
      comment: "Sources do not import tests",
      severity: "error",
      from: { path: sources, pathNot: tests },
      to: { path: [tests, "^packages/[^/]+/test/"] },
    },
    {
      name: "no-dead-module",
      comment: "Every source is reached from an entry of its package",
      severity: "error",
      from: { path: entries },
      to: { path: sources, pathNot: [entries, tests, "\\.d\\.ts$"], reachable: false },
    },
  ],
  options: {
    // Type-only imports count: a layer that knows another's types depends on it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["/dist/.*\\.map$", "^tests/\\.snippets/"] },
    enhancedResolveOptions: {
      conditionNames: ["octet-source", "types", "import", "node", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".js", ".json", ".d.ts"],
    },
  },
};
