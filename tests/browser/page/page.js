import { activation } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { runSuite } from "./suite.js";

/** Called by the test: runs the suite here, in the window. */
globalThis.runInWindow = runSuite;

/** The same in a worker. Its script is built beside this one. */
globalThis.runInWorker = (options) =>
  new Promise((resolve, reject) => {
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(options);
  });

/** What starts in the window with these options: `info.features` and the result of an op, or the error. */
globalThis.startInWindow = async (options) => {
  try {
    const backend = await createWasmBackend(options);
    const x = backend.upload({ dtype: "float32", shape: [2], data: Float32Array.of(-1, 2) });
    const { data } = await backend.download(activation(x, "relu"));
    backend.dispose();
    return { features: backend.info.features, relu: [...data] };
  } catch ({ code, message }) {
    return { code, message };
  }
};
