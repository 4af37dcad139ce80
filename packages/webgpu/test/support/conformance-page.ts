import { reportConformance } from "./conformance-report.ts";

// The same module runs in a window, which the test asks, and in a worker, which posts its report.
if (typeof document === "undefined") reportConformance().then(postMessage);
else Object.assign(globalThis, { report: reportConformance });
