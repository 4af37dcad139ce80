import { hostTensor } from "@octet/core";
import type { HostData } from "../checks/operands.ts";
import { bitsTensor, quantizedTensor, randomScale } from "../data/data.ts";
import { Random } from "../data/random.ts";

/** One tensor of every dtype, and codes of every granularity. */
export function sampleTensors(): HostData[] {
  const random = new Random(1);
  const words = (count: number) => Array.from({ length: count }, () => random.word());
  return [
    bitsTensor("float32", [3, 5], words(15)),
    bitsTensor("float16", [2, 3, 5], words(30)),
    bitsTensor("bfloat16", [7], words(7)),
    hostTensor("int8", [5, 1], Int8Array.from(words(5))),
    hostTensor("int32", [], Int32Array.from(words(1))),
    hostTensor("float32", [0, 4], new Float32Array(0)),
    quantizedTensor([3, 5], { kind: "channel", dim: 0 }, 8, random, randomScale(random)),
    quantizedTensor([3, 5], { kind: "channel", dim: 1 }, 8, random, randomScale(random)),
    quantizedTensor([2, 3, 7], { kind: "tensor" }, 8, random, randomScale(random)),
    quantizedTensor([2, 24], { kind: "group", size: 8 }, 4, random, randomScale(random)),
  ];
}
