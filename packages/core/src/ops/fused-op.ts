import type { FormOf, Forms, HostOf, Hosts, Op, OpParts, OpPlan, RunPart } from "../backend/contract.ts";
import { computeOp } from "./compute-op.ts";
import { planOp } from "./plan-op.ts";

/** What a fused op is made of. Its plan and its definition follow from the parts. */
export interface FusedOpDescription<Inputs extends object, Params extends object>
  extends Pick<Op<Inputs, Params, unknown>, "name" | "params" | "optional" | "changes" | "finite"> {
  /** Fills in defaults, and checks what the parts would not. */
  complete(params: Params): Required<Params>;
  /** The sequence. */
  readonly parts: OpParts<Inputs, Required<Params>>;
}

/**
 * An op whose definition is the sequence of its parts. A backend may have a kernel for it, which gives the bytes of the parts; where
 * it has none, core runs the parts.
 */
export function fusedOp<Inputs extends object, Params extends object, Result>({
  complete,
  parts,
  ...rest
}: FusedOpDescription<Inputs, Params>): Op<Inputs, Params, Result> {
  return {
    ...rest,
    parts: (run, inputs, params) => parts(run, inputs, complete(params)),
    plan(inputs: Forms<Inputs>, params: Params): OpPlan<Params, Result> {
      const completed = complete(params);
      let ahead = 0;
      let advance = 0;
      const planPart: RunPart<unknown> = (op, partInputs, partParams) => {
        const part = planOp(op, partInputs as never, partParams);
        ahead = Math.max(ahead, advance + (part.ahead ?? 0));
        advance += part.advance ?? 0;
        return part.output;
      };
      const output = parts(planPart, inputs, completed) as FormOf<Result>;
      return { params: completed, output, ahead, advance };
    },
    compute: (inputs: Hosts<Inputs>, params) => parts<unknown>(computePart, inputs, params) as HostOf<Result>,
  };
}

const computePart: RunPart<unknown> = (op, inputs, params) => computeOp(op, inputs as never, params);
