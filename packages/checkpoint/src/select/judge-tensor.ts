import type { FloatDType } from "@octet/core";
import { createNameMatcher, defaultSkip, moduleName } from "@octet/core/names";
import { dtypeName, floatDType } from "../bytes/dtype.ts";
import type { JsonObject } from "../bytes/json.ts";
import type { StoredTensor } from "../containers/tensor-container.ts";
import type { PlanOptions } from "../options.ts";
import { createConv1dTest, isEmbeddingName } from "./module-kind.ts";

/** What happens to a tensor: it is quantized, or kept for a reason. */
export type Verdict =
  | { readonly quantize: FloatDType }
  | {
      readonly reason: string;
      /** Whether it is the weight of a Linear, so that loaders must be told that it stays in float. */
      readonly linear?: boolean;
      /** Whether the user, whose patterns say something else, should hear of it. */
      readonly warn?: boolean;
    };

export function createTensorJudge(
  config: JsonObject | null,
  tensors: ReadonlyMap<string, StoredTensor>,
  { skip, only = [] }: PlanOptions,
): (info: StoredTensor) => Verdict {
  const findSkip = createNameMatcher(skip ?? defaultSkip);
  const findOnly = only.length === 0 ? () => "*" : createNameMatcher(only);
  const isConv1d = createConv1dTest(config, tensors);
  return (info) => {
    const { name, dtype, shape } = info;
    if (shape.length !== 2) return { reason: `${shape.length}-D` };
    if (!name.endsWith(".weight")) return { reason: "not named *.weight" };
    if (isConv1d(info)) return { reason: "a Conv1D, stored [in, out]", warn: true };
    const linear = !isEmbeddingName(moduleName(name));
    const float = floatDType(dtype);
    if (float === undefined) return { reason: `${dtypeName(dtype)} cannot be quantized`, linear };
    const skipped = findSkip(name);
    if (skipped !== undefined) return { reason: `skipped by ${JSON.stringify(skipped)}`, linear };
    if (findOnly(name) === undefined) return { reason: "not among those to quantize", linear };
    if (!linear && skip === undefined) {
      return { reason: "an embedding by its name; a skip list of your own decides otherwise", warn: true };
    }
    return { quantize: float };
  };
}
