export { denoExecutable } from "./deno.ts";
export { type LaunchOptions, launchChromium } from "./launch.ts";
export { swiftShaderEnvironment } from "./swiftshader.ts";
export { type ChromiumFiles, missingCapability, unpackChromium } from "./unpack.ts";
