import type { CodeRange } from "@octet/core/backend";
import type { CodeLayout } from "../../layout/code-layout.ts";
import type { Operation } from "../../operation.ts";
import type { CodePlanes } from "../../wgsl/store-codes.ts";
import type { CodeBuffers, FloatSource } from "../operands.ts";

/** What to quantize, to which codes. */
export interface QuantizeTask {
  readonly operation: Operation;
  readonly x: FloatSource;
  readonly range: CodeRange;
  readonly planes: CodePlanes;
}

/** Where the results go. */
export interface QuantizeTarget extends CodeBuffers {
  readonly layout: CodeLayout;
}
