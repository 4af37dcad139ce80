import { bytesPerElement, type HostTensor, hostTensor, readRowsOp, sizeOf, writeRowsOp } from "@octet/core";
import { allocate, type HostData, type StateOperand, setLengthOp, slotIndex } from "@octet/core/backend";
import { Definitions } from "../definitions.ts";
import { HostBackend, type HostLaunch, type HostStorage } from "../host-backend.ts";
import type { Sabotage } from "./sabotage.ts";

class UncuttingBackend extends HostBackend {
  protected override perform(launch: HostLaunch): void {
    if ((launch.op as unknown) !== setLengthOp) super.perform(launch);
  }
}

class AliasingBackend extends HostBackend {
  protected override copyNow(from: HostStorage, to: HostStorage): void {
    to.host = from.host;
  }
}

/** Runs late, so that ops which come after the failing one have to be undone as well. */
class UndoIgnoringBackend extends HostBackend {
  readonly #toUndo = new Set<HostStorage>();
  #failed = false;

  constructor(definitions: Definitions = new Definitions()) {
    super(definitions, true);
  }

  protected override async read(storage: HostStorage): Promise<HostData> {
    try {
      return await super.read(storage);
    } finally {
      this.#failed = false;
    }
  }

  protected override async wait(): Promise<void> {
    await super.wait();
    this.#failed = false;
  }

  protected override perform(launch: HostLaunch): void {
    const { state } = launch.inputs as { readonly state?: StateOperand<HostStorage> };
    if ((launch.op as unknown) === setLengthOp && state && this.#toUndo.delete(state.length)) return;
    try {
      super.perform(launch);
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      if (this.#failed && state && launch.op.changes) this.#toUndo.add(state.length);
    }
  }
}

/** States that keep, share or lose what they should not. */
export const stateSabotages: readonly Sabotage[] = [
  { fault: "uncut-length", Backend: UncuttingBackend },
  { fault: "returning-rows", define: returnRows },
  { fault: "aliased-copy", Backend: AliasingBackend },
  { fault: "dropped-row-tail", define: dropRowTails },
  { fault: "ignored-undo", Backend: UndoIgnoringBackend },
];

function returnRows(definitions: Definitions): void {
  definitions.replace(readRowsOp, ({ state }, { slot, count }) => {
    const index = slotIndex(state, slot);
    const { dtype, shape } = state.slots[index];
    const { data, shape: memoryShape } = state.rows[index];
    const [rows, stride] = memoryShape;
    const size = sizeOf(shape);
    const result = allocate(dtype, count * size);
    for (let row = 0; row < count; row++) {
      const start = modulo(state.length.data[0] - count + row, rows) * stride;
      result.set(data.subarray(start, start + size), row * size);
    }
    return hostTensor(dtype, [count, ...shape], result);
  });
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

function dropRowTails(definitions: Definitions): void {
  definitions.replace(writeRowsOp, ({ x, state }, params, compute) => {
    compute({ x, state }, params);
    const index = slotIndex(state, params.slot);
    const size = sizeOf(state.slots[index].shape);
    const words = Math.floor((size * bytesPerElement[x.dtype]) / 4) * (4 / bytesPerElement[x.dtype]);
    for (let row = 0; row < x.shape[0]; row++) fillRow(state.rows[index], state.length.data[0] + row, words, size);
  });
}

/** Sets elements `from` to `to` of the row of a position to 1. */
function fillRow({ data, shape: [rows, stride] }: HostTensor, position: number, from: number, to: number): void {
  const start = (position % rows) * stride;
  data.fill(1, start + from, start + to);
}
