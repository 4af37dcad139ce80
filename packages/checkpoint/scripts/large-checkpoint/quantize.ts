/** `node quantize.ts IN OUT`: quantizes a folder with the reference backend, and prints what it took as JSON. */
import { quantizePath } from "@octet/checkpoint/node";
import { createReferenceBackend } from "@octet/core";

const [input, output] = process.argv.slice(2);
using backend = createReferenceBackend();
const start = performance.now();
const { totals } = await quantizePath(input, output, { backend });
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024, totals }));
