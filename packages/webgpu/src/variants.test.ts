import { registerConformance } from "@octet/conformance";
import { describe, it } from "vitest";
import { createBackend } from "./create-backend.ts";

/** Cases that fit: of every op some, of awkward sizes. */
const some =
  /^(quantize\/(grid|ties|all-exponents|normal)|dequantize\/grid|linear-(float|int8|int16)\/(grid|exact-sum))/;

registerConformance(
  { describe, it },
  "webgpu without subgroups and packed dot products",
  () => createBackend({ withoutFeatures: ["subgroups", "packed-dot"] }, { software: false }),
  { filter: ({ id }) => some.test(id) && /quantize\/.*float32|linear-int.*x(7|33|1001)\./.test(id) },
);

// Blocks of 64 rows of the widest matrix, 127 x 130, fill one binding: everything larger is cut.
registerConformance(
  { describe, it },
  "webgpu with bindings of 36 KiB",
  () => createBackend({}, { maxRangeBytes: 64 * 144 * 4 }),
  { filter: ({ id }) => some.test(id) },
);

// What a GPU gets: slices of K, and tiles from 9 rows on.
registerConformance(
  { describe, it },
  "webgpu with the kernels for hardware",
  () => createBackend({}, { software: false }),
  {
    filter: ({ id }) =>
      /^(quantize\/(grid|ties).*float32|linear-(float|int8|int16)\/(grid|exact-sum|normal|longest))/.test(id),
  },
);

// More than 65535 workgroups in small: every kernel that has more than two.
registerConformance({ describe, it }, "webgpu with grids of 2 by many", () => createBackend({}, { maxGridExtent: 2 }), {
  filter: ({ id }) => some.test(id) && /\.float32\./.test(id),
});
