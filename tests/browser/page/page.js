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
