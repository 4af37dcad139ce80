import { runSuite } from "./suite.js";

globalThis.onmessage = async ({ data }) => {
  postMessage(await runSuite(data).catch((error) => ({ failures: [String(error)] })));
};
