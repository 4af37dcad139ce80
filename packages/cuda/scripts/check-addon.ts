/**
 * Checks an addon before it is released: what it asks of the system, what machine code it holds, what its kernels take.
 *
 *   node scripts/check-addon.ts [PATH]        default: what the package @octet/cuda-linux-x64 is about to publish
 *
 * The kernels are those of build/cuda/kernels.json, or of `kernels.json` beside the addon. Ends with 1 where something is wrong.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findAddonDefects, findCodeDefects } from "./addon-defects.ts";
import { findKernelDefects } from "./kernel-limits.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..");
const path = resolve(process.argv[2] ?? join(folder, "../cuda-linux-x64/dist/octet_cuda.node"));
const report = [join(dirname(path), "kernels.json"), join(folder, "build/cuda/kernels.json")].find((file) =>
  existsSync(file),
);

const addon = readFileSync(path);
const defects = [
  ...findAddonDefects(addon),
  ...findCodeDefects(addon),
  ...(report === undefined
    ? ["there is no kernels.json with what ptxas said; build with scripts/build-native.ts"]
    : findKernelDefects(JSON.parse(readFileSync(report, "utf8")), "release")),
];
for (const defect of defects) console.error(`octet-cuda: ${defect}`);
if (defects.length > 0) throw new Error(`${path} is not fit for release: ${defects.length} defects, above`);
console.log(`octet-cuda: ${path} is fit for release: ${(addon.length / 1e6).toFixed(1)} MB`);
