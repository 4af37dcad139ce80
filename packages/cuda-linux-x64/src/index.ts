import { fileURLToPath } from "node:url";

/** Where the addon lies: beside the built form of this file. */
export const addonPath: string = fileURLToPath(new URL("../dist/octet_cuda.node", import.meta.url));
