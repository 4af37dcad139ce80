import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/backend.ts", "src/names.ts"], {
  // No bare imports of chunks, which bundlers warn of: no module of this package acts when it is loaded.
  treeshake: { moduleSideEffects: "no-external" },
  // The build of names holds picomatch, a devDependency, so that whoever installs core installs nothing else. Its licence goes with it.
  onSuccess: () => copyFile(fileURLToPath(import.meta.resolve("picomatch/LICENSE")), "dist/names.js.LICENSE.txt"),
});
