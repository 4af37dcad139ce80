import type { AnyOp, OpCall } from "@octet/core";
import { isStateForm, type RunPart } from "@octet/core/backend";
import { kernels } from "../kernels.ts";
import { Operation, type OperationResources } from "../operation.ts";
import type { Storage } from "../storage.ts";
import type { Command } from "../submit/command.ts";

/** A placeholder for memory: kernels only look at its size. */
const anyBuffer = { size: Number.MAX_SAFE_INTEGER } as GPUBuffer;
const anyStorage: Storage = { data: anyBuffer, scales: anyBuffer };

/** The commands that a call would enqueue: asks its kernel for them, on placeholders for memory. For a fused op, those of its parts. */
export function commandsOf(
  { op, inputs, params }: OpCall,
  { features, maxRangeBytes }: Pick<OperationResources, "features" | "maxRangeBytes">,
): Command[] {
  const plan = op.plan(inputs, params);
  const kernel = kernels.find(op, inputs, plan.params);
  if (kernel !== undefined) {
    const operands = Object.fromEntries(Object.entries(inputs).map(([name, form]) => [name, operandOf(form)]));
    const output = plan.output && { form: plan.output, storage: anyStorage };
    const operation = new Operation({
      features,
      maxRangeBytes,
      take: () => anyBuffer,
      release: () => {},
      takeSlot: () => ({ buffer: anyBuffer, first: 0, count: 1 }),
    });
    kernel(operands as never, plan.params as never, output as never)(operation);
    return operation.commands;
  }
  const commands: Command[] = [];
  const ask = ((part: AnyOp, partInputs: object, partParams: object) => {
    commands.push(...commandsOf({ op: part, inputs: partInputs, params: partParams }, { features, maxRangeBytes }));
    return part.plan(partInputs as never, partParams).output;
  }) as RunPart<unknown>;
  op.parts?.(ask, inputs, params);
  return commands;
}

function operandOf(form: unknown): unknown {
  if (form === undefined) return undefined;
  if (Array.isArray(form)) return form.map(operandOf);
  if (!isStateForm(form as object)) return { form, storage: anyStorage };
  const { slots } = form as { readonly slots: readonly unknown[] };
  return { form, rows: slots.map(() => anyStorage), length: anyStorage };
}
