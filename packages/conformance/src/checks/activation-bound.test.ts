import { activation, type HostTensor } from "@octet/core";
import { expect, test } from "vitest";
import { generate } from "../data/data.ts";
import { checkActivationBound } from "./activation-bound.ts";

const x = generate("float32", [4001], (index) => (index - 2000) / 125);
const shifted = (y: HostTensor, by: (value: number) => number) => {
  return {
    ...y,
    data: Float32Array.from(y.data, (value, index) => value + by(x.data[index])),
  } as HostTensor<"float32">;
};

test.each(["gelu", "silu"] as const)(
  "%s of core, which sums a series, agrees with the integral far inside the bound",
  (kind) => {
    const y = activation(x, kind) as HostTensor<"float32">;
    expect(() => checkActivationBound(y, x, kind)).not.toThrow();
    expect(() =>
      checkActivationBound(
        shifted(y, (value) => 2 ** -21 * value),
        x,
        kind,
      ),
    ).not.toThrow();
    expect(() =>
      checkActivationBound(
        shifted(y, (value) => 2 ** -19 * value),
        x,
        kind,
      ),
    ).toThrow("outside its bound");
  },
);
