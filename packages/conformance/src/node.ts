export { loadGoldenManifest } from "./node/load-golden-manifest.ts";
