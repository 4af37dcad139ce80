import { conformanceCases, runConformance } from "@octet/conformance";
import { createWasmBackend } from "@octet/wasm";
import plain from "@octet/wasm/plain.wasm";
import relaxed from "@octet/wasm/relaxed.wasm";

const modules = { plain, relaxed };
// Outside of a request a Worker may neither wait for anything from outside nor read a clock.
const early = await createWasmBackend({ module: plain });

/** `/start` starts without a module, `/early` is started before any request, `/plain` and `/relaxed` run the suite. */
export default {
  async fetch({ url }) {
    const path = new URL(url).pathname.slice(1);
    if (path === "start")
      return Response.json(await createWasmBackend().catch(({ code, message }) => ({ code, message })));
    if (path === "early") return Response.json(early.info.features);
    const features = [];
    const factory = async () => {
      const backend = await createWasmBackend({ module: modules[path] });
      features.splice(0, Infinity, ...backend.info.features);
      return backend;
    };
    const cases = conformanceCases().filter(({ family }) => family !== "large");
    const { passed, failed, skipped, results } = await runConformance(factory, { cases, profile: "models" });
    const failures = results.filter(({ status }) => status === "failed").map(({ id, message }) => `${id}: ${message}`);
    return Response.json({ features, passed, failed, skipped, failures });
  },
};
