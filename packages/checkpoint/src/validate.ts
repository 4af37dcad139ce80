import { formatValue, OctetError, type OptionKinds, validateBackend, validateOptions } from "@octet/core";
import type { ByteSource } from "@octet/safetensors";
import type { CheckpointInput, CheckpointSink, CreateSink } from "./open/checkpoint-input.ts";
import type { CompareCheckpointsOptions, PlanOptions, QuantizeCheckpointOptions } from "./options.ts";
import type { CheckpointHeader } from "./select/quantization-plan.ts";

/** Checks of arguments, for callers without a compiler. All throw OctetError `ERR_UNSUPPORTED` unless they say more. */

const planKinds: OptionKinds<PlanOptions> = {
  format: "any",
  granularity: "object",
  bits: "any",
  skip: "array",
  only: "array",
};

const compareKinds: OptionKinds<CompareCheckpointsOptions> = { onProgress: "function", signal: "object" };

export function validatePlanOptions(options: PlanOptions): void {
  validateOptions("planQuantization", options, planKinds);
}

export function validateCompareOptions(options: CompareCheckpointsOptions): void {
  validateOptions("compareCheckpoints", options, compareKinds);
  validateSignal(options);
}

/** What the options of `quantizeCheckpoint` may hold. */
export const quantizeKinds: OptionKinds<QuantizeCheckpointOptions> = { ...planKinds, ...compareKinds, backend: "any" };

/** @throws OctetError `ERR_UNAVAILABLE` without a backend */
export function validateQuantizeOptions(options: QuantizeCheckpointOptions): void {
  validateOptions("quantizeCheckpoint", options, quantizeKinds);
  validateBackend(options.backend);
  validateSignal(options);
}

function validateSignal({ signal }: CompareCheckpointsOptions): void {
  if (signal === undefined || typeof signal.throwIfAborted === "function") return;
  refuse("the signal", signal, "the signal of an AbortController");
}

export function validateInput(input: CheckpointInput): void {
  if (isObject(input) && ("open" in input ? typeof input.open === "function" : isSource(input))) return;
  refuse(
    "the checkpoint",
    input,
    "a byte source, such as bytesSource(bytes), or a folder, { open(file) }; functions of @octet/checkpoint/node take paths",
  );
}

/** The name that a folder gives its weights. */
export function validateWeightsName(weights: string | undefined): void {
  if (weights === undefined || typeof weights === "string") return;
  refuse("the folder's weights", weights, "the name of a file, or leave it out");
}

/** What a folder gave for a file: a source, or null where there is none. */
export function validateSource(file: string, source: ByteSource | null): void {
  if (source !== null && !isSource(source)) refuse(`the folder's ${file}`, source, "a byte source, or null");
}

export function validateCreateSink(createSink: CreateSink): void {
  if (typeof createSink !== "function") refuse("createSink", createSink, "a function that makes the sink of a file");
}

export function validateSink(file: string, sink: CheckpointSink): void {
  if (isObject(sink) && typeof sink.write === "function") return;
  refuse(`the sink of ${file}`, sink, "an object with write(bytes), as createSink has to make");
}

export function validateHeader(header: CheckpointHeader): void {
  if (!isObject(header)) refuse("the header", header, "an object with tensors, metadata and config");
  for (const part of ["tensors", "metadata"] as const) {
    if (!(header[part] instanceof Map)) refuse(`the header's ${part}`, header[part], "the Map of a reader");
  }
  const { config } = header;
  if (config === null || (isObject(config) && !Array.isArray(config))) return;
  refuse("the header's config", config, "the object in config.json, or null");
}

function isSource(value: unknown): boolean {
  return isObject(value) && "read" in value && typeof value.read === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function refuse(what: string, got: unknown, wanted: string): never {
  throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(got)} for ${what}; pass ${wanted}`);
}
