export { type LaunchOptions, launchChromium } from "./launch.ts";
export { type ChromiumFiles, missingCapability, unpackChromium } from "./unpack.ts";
