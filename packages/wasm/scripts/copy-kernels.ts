/** Puts the files of both builds of the kernels, and their types, beside the bundle; last, since tsup clears declarations away. */
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const from = fileURLToPath(new URL("../src/generated/files", import.meta.url));
await cp(from, fileURLToPath(new URL("../dist", import.meta.url)), { recursive: true });
