import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/bin.ts", "src/worker.ts"], {
  platform: "node",
  target: "node22",
  removeNodeProtocol: false,
  dts: { entry: "src/index.ts" },
  // Backends that may not be installed are imported at run time, or found missing then.
  external: [/^@octet\//],
});
