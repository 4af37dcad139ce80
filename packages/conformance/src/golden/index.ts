import type { ConformanceCase } from "../case.ts";
import type { GoldenBody } from "./body.ts";
import { readDequantizeCase } from "./dequantize.ts";
import { GoldenFields } from "./fields.ts";
import { readLinearCase } from "./linear.ts";
import { readQuantizeCase } from "./quantize.ts";
import type { GoldenTensors } from "./tensors.ts";

export type { GoldenTensors } from "./tensors.ts";

const kinds: Readonly<Record<string, (fields: GoldenFields, file: GoldenTensors) => GoldenBody>> = {
  quantize: readQuantizeCase,
  dequantize: readDequantizeCase,
  linear: readLinearCase,
};

/**
 * The cases of a manifest of golden vectors: inputs and expected outputs computed elsewhere. All of the manifest is checked before
 * anything runs; tensors are read when their case runs.
 *
 * `manifest` is parsed JSON, `{ cases: [...] }`, each case with `id`, `kind` (quantize, dequantize or linear) and the fields of the
 * README's table; `file` is the open safetensors file that holds the tensors it names.
 * @throws OctetError `ERR_FORMAT`, naming the case, for a field that is missing, unknown or of the wrong kind, and for a tensor that is
 * missing or has another dtype or shape than the case needs
 */
export function goldenCases(manifest: unknown, file: GoldenTensors): ConformanceCase[] {
  const cases = (manifest as { cases?: unknown } | null)?.cases;
  if (!Array.isArray(cases) || cases.length === 0) {
    throw new GoldenFields({}, "top level").error('has no list "cases" of one case or more; use { "cases": [...] }');
  }
  if (typeof file?.tensors?.get !== "function") {
    throw new GoldenFields({}, "top level").error("was given no file of tensors; pass what openSafetensors gives");
  }
  const ids = new Set<string>();
  return cases.map((value, index) => {
    const id = new GoldenFields(value, `case ${index}`).text("id");
    const fields = new GoldenFields(value, `case ${index} ${JSON.stringify(id)}`);
    fields.text("id");
    if (ids.has(id)) throw fields.error("has the id of an earlier case");
    ids.add(id);
    const kind = fields.oneOf("kind", Object.keys(kinds));
    const body = kinds[kind](fields, file);
    fields.end();
    return { id, family: "golden", catches: [], ...body };
  });
}
