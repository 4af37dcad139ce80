import { formatShape, OctetError } from "@octet/core";
import { formatGranularity } from "@octet/core/names";
import type { StoredTensor, TensorContainer } from "../containers/tensor-container.ts";
import type { CodeBytes, Format } from "./format.ts";
import { findPart, scaleSuffix, scaleTensor } from "./layer-tensors.ts";
import { findLoaderWarnings } from "./loader-warnings.ts";
import { CodePacker, packedWidth } from "./pack.ts";
import { createQuantizationConfig } from "./quantization-config.ts";
import { describeTensor, refuseLayer } from "./refuse-layer.ts";
import { packedRange, unpackRange } from "./unpack.ts";

const codeSuffix = ".weight_packed";
const shapeSuffix = ".weight_shape";

/**
 * compressed-tensors' pack-quantized, weights only, which vLLM and transformers load: `P.weight_packed` I32 `[N, ceil(K * bits / 32)]`
 * beside `P.weight_scale`, and N and K in `P.weight_shape` I64 `[2]`.
 */
export const compressedTensors: Format = {
  name: "compressed-tensors",
  layouts: ["pack-quantized"],

  check(granularity, bits) {
    if (granularity.kind !== "tensor" && (bits === 4 || bits === 8)) return;
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `compressed-tensors holds channels or groups of 4 or 8 bits; ${formatGranularity(granularity)} with ${bits} bits needs --format int8`,
    );
  },

  tensors(module, [n, k], granularity, bits) {
    const width = packedWidth(k, bits);
    const data = new Uint8Array(BigInt64Array.of(BigInt(n), BigInt(k)).buffer);
    return {
      codes: { name: module + codeSuffix, dtype: "I32", shape: [n, width], byteLength: 4 * n * width },
      scale: scaleTensor(module, granularity, [n, k]),
      constants: [{ name: module + shapeSuffix, dtype: "I64", shape: [2], byteLength: data.byteLength, data }],
    };
  },

  encode: packedBytes,

  find(codes, tensors) {
    if (!codes.name.endsWith(codeSuffix)) return undefined;
    const name = codes.name.slice(0, -codeSuffix.length);
    if (tensors.has(`${name}.weight`)) {
      throw new OctetError("ERR_FORMAT", `layer ${JSON.stringify(name)} has both ${codes.name} and ${name}.weight`);
    }
    const scale = findPart(codes, name + scaleSuffix, tensors);
    const others = [findPart(codes, name + shapeSuffix, tensors)];
    return { format: compressedTensors, name, codes, scale, others };
  },

  async describe(container, { name, codes, others }, statedBits) {
    const shape = await readShape(container, name, others[0]);
    return { shape, bits: findWidth(name, codes, shape, statedBits) };
  },

  async read(container, { shape, bits, parts }, block) {
    const { start, end } = packedRange(block, shape[1], bits);
    return unpackRange(await container.readRange(parts.codes.name, start, end), block, shape[1], bits);
  },

  config: (scheme, targets, ignore) => {
    return createQuantizationConfig({ ...scheme, layout: "pack-quantized", inGroup: false, targets, ignore });
  },

  loaderWarnings: findLoaderWarnings,
};

function packedBytes(k: number, bits: number): CodeBytes {
  const packer = new CodePacker(k, bits);
  return {
    encode: (codes) => packer.pack(codes),
    decode(bytes, block) {
      const { tail } = packer;
      if (tail.length === 0) return unpackRange(bytes, block, k, bits);
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      longer.set(tail, bytes.length);
      return unpackRange(longer, block, k, bits);
    },
  };
}

async function readShape(container: TensorContainer, layer: string, info: StoredTensor): Promise<number[]> {
  const integers = info.dtype === "I64" || info.dtype === "I32";
  if (!integers || info.shape.length !== 1 || info.shape[0] !== 2) {
    refuseLayer(layer, `${describeTensor(info)}; it must be int64 [2]`);
  }
  const { buffer } = await container.readRange(info.name, 0, info.byteLength);
  const shape = info.dtype === "I64" ? Array.from(new BigInt64Array(buffer), Number) : [...new Int32Array(buffer)];
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0)) {
    refuseLayer(layer, `${info.name} holds ${formatShape(shape)}; extents are whole numbers of 0 or more`);
  }
  return shape;
}

/** The width that the packed words have, which has to be one the checkpoint states, if it states any. */
function findWidth(
  layer: string,
  codes: StoredTensor,
  [n, k]: readonly number[],
  statedBits: readonly number[],
): number {
  const widths = statedBits.length > 0 ? statedBits : [8, 7, 6, 5, 4, 3, 2];
  const packed = codes.dtype === "I32" && codes.shape.length === 2 && codes.shape[0] === n;
  const fitting = packed ? widths.filter((bits) => codes.shape[1] === packedWidth(k, bits)) : [];
  if (fitting.length === 0) {
    const columns = widths.map((bits) => packedWidth(k, bits)).join(" or ");
    const wanted = `${widths.join(", ")}-bit codes of [${n}, ${k}] are int32 [${n}, ${columns}]`;
    refuseLayer(layer, `${describeTensor(codes)}; ${wanted}`);
  }
  if (fitting.length > 1 && k > 0) {
    const problem = `its codes may have ${fitting.join(" or ")} bits; the file lacks the quantization_config that tells`;
    refuseLayer(layer, problem);
  }
  return fitting[0];
}
