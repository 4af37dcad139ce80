import type { AnyOp, Op } from "@octet/core";
import type { HostOf, Hosts } from "@octet/core/backend";

/** What stands in for the definition of an op; `compute` is the definition, or what stood in for it before. */
export type Replacement<Inputs extends object, Params extends object, Result> = (
  inputs: Hosts<Inputs>,
  params: Required<Params>,
  compute: Op<Inputs, Params, Result>["compute"],
) => HostOf<Result>;

/** The definitions of ops, some of which may be replaced by wrong ones. */
export class Definitions {
  readonly #replaced = new Map<AnyOp, AnyOp["compute"]>();

  /** Wraps what stands for this op so far. */
  replace<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    replacement: Replacement<Inputs, Params, Result>,
  ): this {
    const compute = this.of(op) as Op<Inputs, Params, Result>["compute"];
    this.#replaced.set(op, (inputs, params) =>
      replacement(inputs as Hosts<Inputs>, params as Required<Params>, compute),
    );
    return this;
  }

  has(op: AnyOp): boolean {
    return this.#replaced.has(op);
  }

  of(op: AnyOp): AnyOp["compute"] {
    return this.#replaced.get(op) ?? op.compute;
  }
}
