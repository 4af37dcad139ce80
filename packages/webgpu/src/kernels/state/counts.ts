import type { advanceOp, positionsOp } from "@octet/core";
import type { StateOperand, setLengthOp } from "@octet/core/backend";
import { bindRange } from "../../layout/buffer-range.ts";
import { KernelParams } from "../../params.ts";
import { eachVariantOnce, shader } from "../../shader.ts";
import type { KernelOf, Launch, Storage } from "../../storage.ts";
import { lengthRange } from "./slot-rows.ts";

const countParams = new KernelParams({ count: "u32" });

/** Changes the count of positions. */
const countShader = eachVariantOnce((change: "advance" | "set length") => {
  return shader({
    name: change,
    exact: true,
    params: countParams,
    buffers: [["length", "read_write", "array<u32>"]],
    pieces: [],
    workgroupSize: [1],
    main: `
  if (index == 0u) { length[0] = ${change === "advance" ? "length[0] + params.count" : "params.count"}; }`,
  });
});

function changeCount(state: StateOperand<Storage>, change: "advance" | "set length", count: number): Launch {
  return (operation) => operation.dispatch(countShader(change), { count }, [lengthRange(state)], 1);
}

/** Adds to the device's count of positions. */
export const advanceKernel: KernelOf<typeof advanceOp> = ({ state }, { count }) => changeCount(state, "advance", count);

/** Sets the device's count of positions. */
export const setLengthKernel: KernelOf<typeof setLengthOp> = ({ state }, { length }) =>
  changeCount(state, "set length", length);

const lanes = 64;

const positionsShader = eachVariantOnce(() => {
  return shader({
    name: "positions",
    exact: true,
    params: countParams,
    buffers: [
      ["length", "read", "array<u32>"],
      ["y", "read_write", "array<u32>"],
    ],
    pieces: [],
    workgroupSize: [lanes],
    main: `
  if (index < params.count) { y[index] = length[0] + index; }`,
  });
});

/** The positions after the device's count. States have at most 2^20, which fit any binding. */
export const positionsKernel: KernelOf<typeof positionsOp> =
  ({ state }, { count }, { storage: y }) =>
  (operation) => {
    const target = bindRange({ buffer: y.data, start: 0, end: count * 4 });
    operation.dispatch(positionsShader(), { count }, [lengthRange(state), target], Math.ceil(count / lanes));
  };
