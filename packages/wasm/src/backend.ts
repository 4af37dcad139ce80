import type { BackendInfo } from "@octet/core";
import {
  DeviceBackend,
  type Finding,
  type Form,
  type HostData,
  isRowCodesForm,
  type LaunchCall,
  type Replay,
  type Step,
} from "@octet/core/backend";
import { kernels } from "./kernels.ts";
import type { Plan } from "./launches/plan.ts";
import { planTrees } from "./launches/quantize-rows.ts";
import { copyHostData, storeHost } from "./memory/host-copies.ts";
import { type Storage, storageBytes } from "./memory/storage.ts";
import type { Engine } from "./run/engine.ts";
import { Program } from "./run/program.ts";

/** Core's base on top of an engine. */
export class WasmBackend extends DeviceBackend<Storage, Plan> {
  /** Let go by `close`, and its memory with it. */
  #ownEngine: Engine | undefined;

  constructor(engine: Engine, info: Omit<BackendInfo, "apiVersion" | "composed">) {
    super(info, kernels);
    this.#ownEngine = engine;
  }

  /** The base has refused a disposed backend before anything asks for it. */
  get #engine(): Engine {
    return this.#ownEngine as Engine;
  }

  protected override allocate(form: Form): Storage {
    return this.#engine.allocate(storageBytes(form));
  }

  protected override write(storage: Storage, host: HostData, form: Form): void {
    storeHost(this.#engine.heap, storage.address, host);
    if (isRowCodesForm(form)) this.#engine.run(planTrees(storage, form), storage);
  }

  protected override read(storage: Storage, form: Form, changes: boolean): Promise<HostData> {
    const engine = this.#engine;
    const copy = (address: number): HostData => copyHostData(engine.heap, address, form);
    return changes ? engine.readSnapshot(storage, storageBytes(form), copy) : engine.read(storage, copy);
  }

  protected override copy(from: Storage, to: Storage, form: Form): void {
    this.#engine.copy(from, to, storageBytes(form));
  }

  protected override release(storage: Storage): void {
    this.#engine.release(storage);
  }

  protected override launch(plan: Plan, { output }: LaunchCall<Storage>): Finding | undefined {
    return this.#engine.run(plan, output);
  }

  protected override capture(steps: readonly Step<Storage, Plan>[]): Replay {
    return new Program(
      this.#engine,
      steps.map(({ launch }) => launch),
    );
  }

  protected override wait(): Promise<void> {
    return this.#engine.wait();
  }

  protected override close(): void {
    this.#engine.dispose();
    this.#ownEngine = undefined;
  }
}
