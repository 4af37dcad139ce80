import { type Granularity, type HostTensor, hostTensor, quantize, sizeOf } from "@octet/core";
import { quantizeCall } from "../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../case.ts";
import { checkOp } from "../checks/check-op.ts";
import { checkThrows } from "../checks/expect-error.ts";
import { Random } from "../data/random.ts";
import { nameShape } from "./case-names.ts";
import { linearCase, perChannel } from "./linear/linear-case.ts";
import { gridInputs } from "./linear/linear-data.ts";
import { promiseCase } from "./promise-case.ts";
import { quantizeGridCase } from "./quantize/quantize-shapes.ts";

/**
 * More than 65535 of whatever a device dispatches one of per row, channel or group; and tensors past 128 MiB, the default limit of a
 * WebGPU binding. They take long on emulated devices: leave them out with a filter on `family`.
 */
export function largeCases(): ConformanceCase[] {
  const linear = (activations: "float" | "int16" | "int8", x: readonly number[], n: number) =>
    linearCase({
      name: "grid",
      activations,
      dtype: "float32",
      x,
      n,
      weight: perChannel,
      seed: 1,
      data: gridInputs,
      check: activations === "float" ? "bound" : "exact",
    });
  return [
    ...[
      quantizeGridCase("float32", [70000, 3], { kind: "channel", dim: 0 }),
      quantizeGridCase("float32", [3, 70000], { kind: "channel", dim: 1 }),
      quantizeGridCase("bfloat16", [65537, 5], { kind: "channel", dim: 0 }),
      quantizeGridCase("float32", [65537, 8], { kind: "group", size: 8 }),
      quantizeGridCase("float32", [65537, 17], { kind: "tensor" }),
      linear("int8", [65537, 5], 3),
      linear("int16", [1, 3], 70000),
      linear("float", [65537, 5], 3),
      linear("float", [1, 3], 70000),
    ].map(asLarge),
    ...([[4099, 8192], [33554467]] as const).map(largeBytesCase),
  ];
}

function asLarge(conformanceCase: ConformanceCase): ConformanceCase {
  return { ...conformanceCase, family: "large", id: `large/${conformanceCase.id.replace("/", "-")}` };
}

/** Quantizes a float32 tensor of more than 128 MiB; a backend that holds less must say so when it is uploaded. */
function largeBytesCase(shape: readonly number[]): ConformanceCase {
  const granularity: Granularity = shape.length > 1 ? { kind: "channel", dim: 0 } : { kind: "tensor" };
  return promiseCase(
    "large",
    `quantize-past-128-mib.float32.${nameShape(shape)}.seed1`,
    [],
    async (context) => {
      const x = largeTensor(shape, new Random(1));
      if (x.data.byteLength > context.backend.info.maxTensorBytes) return checkRefused(context, x);
      await checkOp(context, {
        inputs: { x },
        call: (operands) => quantize(operands.x, { granularity }),
        large: true,
      });
    },
    [quantizeCall("float32", shape, granularity, 8)],
  );
}

function checkRefused({ backend }: ConformanceContext, x: HostTensor<"float32">): void {
  const what = `upload of ${x.data.byteLength} bytes, more than info.maxTensorBytes`;
  checkThrows("ERR_OUT_OF_MEMORY", () => backend.upload(x), what);
}

/** Any finite bits within a few binades, made a word at a time: 33 million numbers of another kind would take longer than the op. */
function largeTensor(shape: readonly number[], random: Random): HostTensor<"float32"> {
  const data = new Float32Array(sizeOf(shape));
  const words = new Uint32Array(data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = (random.word() & 0x81ffffff) | 0x3e000000;
  return hostTensor("float32", shape, data);
}
