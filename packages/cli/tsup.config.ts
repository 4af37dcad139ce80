import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/bin.ts"], {
  platform: "node",
  target: "node22",
  removeNodeProtocol: false,
});
