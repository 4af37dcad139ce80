import { type FloatDType, OctetError } from "@octet/core";
import { chosenEntries, createNameMatcher, moduleName } from "@octet/core/names";
import { dtypeName } from "../bytes/dtype.ts";
import type { JsonObject } from "../bytes/json.ts";
import type { StoredTensor } from "../containers/tensor-container.ts";
import type { PlanOptions } from "../options.ts";
import type { KeptTensor } from "../report/report.ts";
import { findAbsentHeads } from "./absent-heads.ts";
import { createTensorJudge } from "./judge-tensor.ts";
import { isEmbeddingName } from "./module-kind.ts";

export interface SelectedTensor {
  readonly info: StoredTensor;
  readonly module: string;
  readonly dtype: FloatDType;
}

export interface Selection {
  readonly selected: readonly SelectedTensor[];
  readonly kept: readonly KeptTensor[];
  /** The modules, Linear as far as their tensors tell, that stay in float: what loaders need to be told. */
  readonly ignore: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Divides tensors into those to quantize and those to keep, with the reason for each of the latter.
 * @throws OctetError `ERR_UNSUPPORTED` when there is nothing to quantize, unless the user is warned why
 */
export function selectTensors(
  { tensors, config }: { readonly tensors: ReadonlyMap<string, StoredTensor>; readonly config: JsonObject | null },
  options: PlanOptions,
): Selection {
  const judge = createTensorJudge(config, tensors, options);
  const selected: SelectedTensor[] = [];
  const kept: KeptTensor[] = [];
  const linears: string[] = [];
  const warned = new Map<string, string[]>();
  for (const info of tensors.values()) {
    const verdict = judge(info);
    const module = moduleName(info.name);
    if ("quantize" in verdict) {
      selected.push({ info, module, dtype: verdict.quantize });
      continue;
    }
    const { reason, linear = false, warn = false } = verdict;
    kept.push({ name: info.name, dtype: dtypeName(info.dtype), shape: info.shape, bytes: info.byteLength, reason });
    if (linear) linears.push(module);
    if (warn) warned.set(reason, [...(warned.get(reason) ?? []), info.name]);
  }
  if (selected.length === 0 && warned.size === 0) throw nothingToQuantize(kept);
  const warnings = [...warned].map(([reason, names]) => `left in float: ${listNames(names)} (${reason})`);
  if (selected.length === 0) warnings.push("nothing was quantized: the output is the float checkpoint");
  for (const { module } of selected) {
    if (isEmbeddingName(module))
      warnings.push(`${module} is an embedding by its name; few loaders take a quantized one`);
  }
  warnings.push(
    ...findUnmatched("skip", chosenEntries(options.skip ?? []), tensors),
    ...findUnmatched("only", options.only, tensors),
  );
  const absent = findAbsentHeads(
    [...tensors.keys()].map(moduleName),
    selected.map(({ module }) => module),
    config,
  );
  return { selected, kept, ignore: [...linears, ...absent], warnings };
}

function nothingToQuantize(kept: readonly KeptTensor[]): OctetError {
  const counts = new Map<string, number>();
  for (const { reason } of kept) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
  const got =
    kept.length === 0 ? "the checkpoint has no tensors" : `none of ${kept.length} tensors is one (${reasons})`;
  return new OctetError(
    "ERR_UNSUPPORTED",
    `there is nothing to quantize: layers are 2-D float tensors named *.weight that no pattern leaves out, and ${got}`,
  );
}

/** Patterns given by the user that no tensor has: a slip of the pen, most likely. */
function findUnmatched(
  option: string,
  patterns: readonly string[] = [],
  tensors: ReadonlyMap<string, StoredTensor>,
): string[] {
  const matchesNothing = (pattern: string): boolean => {
    const match = createNameMatcher([pattern]);
    return ![...tensors.keys()].some((name) => match(name) !== undefined);
  };
  return patterns
    .filter((pattern) => pattern !== "" && matchesNothing(pattern))
    .map((pattern) => `the ${option} pattern ${JSON.stringify(pattern)} matches no tensor`);
}

function listNames(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
