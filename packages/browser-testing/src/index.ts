export { launchChromium } from "./chromium.ts";
export { swiftShaderEnvironment } from "./swiftshader.ts";
