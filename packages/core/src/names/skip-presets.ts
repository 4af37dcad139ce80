/** Advice on what to leave in float where accuracy counts, as patterns to add to `defaultSkip`. Each costs some size for some accuracy. */
import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { sizeOf } from "../tensors/shape.ts";
import { literalPattern } from "./name-matcher.ts";

/** Tensors by name: `namedParameters()` of a model, the `tensors` of a checkpoint's header, or a state dict. */
export type NamedShapes = Iterable<readonly [name: string, tensor: { readonly shape: readonly number[] }]>;

/**
 * The projections from attention back into the residual stream, by the names that model families give them: `self_attn.o_proj`,
 * `attn.c_proj`, `attention.output.dense`, `SelfAttention.o` and so on. One pattern.
 */
export const attentionOutputs: readonly string[] = Object.freeze([
  "*{attn,[aA]ttention,attention.output}.{o,o_proj,out_proj,out_lin,c_proj,proj,dense,wo}",
]);

/**
 * Patterns for the first and the last block of each stack: `model.layers.0.*` and `model.layers.31.*`. A stack is a group of modules with a
 * number in their names; the outermost number counts, so the experts of a block are not a stack.
 * @throws OctetError `ERR_UNSUPPORTED` when no weight has a number in its name, and for what are not tensors by name
 */
export function firstAndLastLayers(tensors: NamedShapes): string[] {
  const stacks = new Map<string, { first: number; last: number }>();
  const weights = weightsOf(tensors);
  for (const { name } of weights) {
    const parts = name.split(".");
    const place = parts.findIndex((part) => /^[0-9]+$/.test(part));
    if (place < 0) continue;
    const stack = parts
      .slice(0, place + 1)
      .join(".")
      .slice(0, -parts[place].length);
    const index = Number(parts[place]);
    const { first, last } = stacks.get(stack) ?? { first: index, last: index };
    stacks.set(stack, { first: Math.min(first, index), last: Math.max(last, index) });
  }
  if (stacks.size === 0) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `none of the ${weights.length} weights is in a numbered layer, such as layers.0.fc.weight; name the first and last layers yourself`,
    );
  }
  return [...stacks].flatMap(([stack, { first, last }]) =>
    [...new Set([first, last])].map((index) => `${literalPattern(stack)}${index}.*`),
  );
}

/**
 * A pattern for each weight of fewer than `elements` elements: in float they cost little, and their rounding may cost as much as any.
 * Empty when all are larger.
 * @throws OctetError `ERR_RANGE` when `elements` is not a whole number above 0; `ERR_UNSUPPORTED` for what are not tensors by name
 */
export function smallWeights(tensors: NamedShapes, elements: number = 2 ** 16): string[] {
  if (!Number.isSafeInteger(elements) || elements < 1) {
    throw new OctetError("ERR_RANGE", `got ${formatValue(elements)} elements; use a whole number above 0`);
  }
  return weightsOf(tensors)
    .filter(({ shape }) => sizeOf(shape) < elements)
    .map(({ name }) => literalPattern(name));
}

/** The weights that may be quantized: 2-D, named `*.weight`. */
function weightsOf(tensors: NamedShapes): { readonly name: string; readonly shape: readonly number[] }[] {
  if (typeof tensors?.[Symbol.iterator] !== "function") throw notNamedShapes(tensors);
  return Array.from(tensors, (entry) => {
    const [name, tensor] = Array.isArray(entry) ? entry : [];
    if (typeof name !== "string" || !Array.isArray(tensor?.shape)) throw notNamedShapes(entry);
    return { name, shape: tensor.shape as readonly number[] };
  }).filter(({ name, shape }) => shape.length === 2 && /(?:^|\.)weight$/.test(name));
}

function notNamedShapes(got: unknown): OctetError {
  return new OctetError(
    "ERR_UNSUPPORTED",
    `got ${formatValue(got)}; pass tensors by name: model.namedParameters(), the tensors of a checkpoint's header, or a Map`,
  );
}
