import { type HostTensor, OctetError, type TensorLike, validateOptions } from "@octet/core";
import { errorAbout } from "./error-context.ts";
import type { Parameter } from "./parameter.ts";
import { Staging } from "./staging.ts";

export interface LoadStateDictOptions {
  /** Whether keys that are missing or unexpected are an error. Default true. */
  readonly strict?: boolean | undefined;
}

/** How the keys of a state dict and those of a model differed; both empty after a strict load. */
export interface LoadStateDictReport {
  /** Keys of the model that the state dict lacks: their parameters are as they were. */
  readonly missing: readonly string[];
  /** Keys of the state dict that the model does not have. */
  readonly unexpected: readonly string[];
}

type NamedParameters = Iterable<readonly [string, Parameter]>;

/** Copies of all tensors, by key. @throws OctetError `ERR_UNAVAILABLE` or `ERR_NOT_QUANTIZED`, naming a parameter without data */
export async function readState(parameters: NamedParameters): Promise<Map<string, HostTensor>> {
  const state = new Map<string, HostTensor>();
  for (const [name, parameter] of parameters) {
    try {
      const tensors = await parameter.toState();
      parameter.suffixes.forEach((suffix, index) => {
        state.set(name + suffix, tensors[index]);
      });
    } catch (error) {
      throw errorAbout(`"${name}"`, error);
    }
  }
  return state;
}

/** Loads all of `state` or, when anything is wrong with it, nothing. @throws OctetError that names the keys, see `Module` */
export async function writeState(
  parameters: NamedParameters,
  state: ReadonlyMap<string, TensorLike>,
  options: LoadStateDictOptions = {},
): Promise<LoadStateDictReport> {
  validateOptions("loadStateDict", options, { strict: "boolean" });
  const { strict = true } = options;
  if (typeof state?.has !== "function" || typeof state.keys !== "function") {
    throw new OctetError(
      "ERR_FORMAT",
      "the state dict is not a Map of tensors by key; pass new Map(Object.entries(...))",
    );
  }
  const slots = Array.from(parameters, ([name, parameter]) => {
    const keys = parameter.suffixes.map((suffix) => name + suffix);
    return { name, parameter, keys, missing: keys.filter((key) => !state.has(key)) };
  });
  const report = compareKeys(slots, state);
  if (strict) validateKeys(report);
  using staging = new Staging();
  for (const { name, parameter, keys, missing } of slots) {
    if (missing.length === keys.length) continue;
    try {
      validateComplete(missing);
      staging.add(parameter, parameter.fromState(keys.map((key) => state.get(key) as TensorLike)));
    } catch (error) {
      throw errorAbout(`"${name}"`, error);
    }
  }
  // On an asynchronous device an upload that failed says so here, before anything is replaced.
  await staging.settle();
  staging.commit();
  return report;
}

function compareKeys(
  slots: readonly { readonly keys: readonly string[]; readonly missing: readonly string[] }[],
  state: ReadonlyMap<string, TensorLike>,
): LoadStateDictReport {
  const known = new Set(slots.flatMap(({ keys }) => keys));
  return {
    missing: slots.flatMap(({ missing }) => missing),
    unexpected: [...state.keys()].filter((key) => !known.has(key)),
  };
}

function validateKeys({ missing, unexpected }: LoadStateDictReport): void {
  if (missing.length === 0 && unexpected.length === 0) return;
  const parts: string[] = [];
  if (missing.length > 0) parts.push(`lacks ${quote(missing)}`);
  if (unexpected.length > 0) parts.push(`has ${quote(unexpected)}, which the model does not`);
  throw new OctetError(
    "ERR_FORMAT",
    `the state dict ${parts.join(" and ")}; load it into the model it was made of (before quantizeModel for a float one), or pass strict: false`,
  );
}

/** Codes without scales mean nothing, so a parameter is loaded whole or left alone, strict or not. */
function validateComplete(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new OctetError("ERR_FORMAT", `the state dict lacks ${quote(missing)}; codes and scales are loaded together`);
}

function quote(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(", ");
}
