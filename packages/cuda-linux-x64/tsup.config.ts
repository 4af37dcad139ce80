import { library } from "../../tsup.base.ts";

// `clean` would take the addon away, which the build of @octet/cuda puts beside the built index.
export default library(["src/index.ts"], { platform: "node", clean: false });
