import { createReferenceBackend, OctetError } from "@octet/core";
import type { BackendHolder } from "./backend-holder.ts";
import { formatCall } from "./calls.ts";
import type { ConformanceCase } from "./case.ts";
import { ConformanceFailure, isFailure } from "./checks/failure.ts";
import type { ConformanceProfile } from "./profiles.ts";
import type { ConformanceResult } from "./summary.ts";

/** Runs one case and never throws. A case that does not end within `timeout` milliseconds has failed. */
export async function runCase(
  conformanceCase: ConformanceCase,
  holder: BackendHolder,
  { timeout, profile }: { readonly timeout: number; readonly profile: ConformanceProfile },
): Promise<ConformanceResult> {
  const { id, family, needs, catches } = conformanceCase;
  const start = performance.now();
  const result = (
    rest: Pick<ConformanceResult, "status" | "message" | "error" | "unsupported">,
  ): ConformanceResult => ({
    id,
    family,
    catches,
    milliseconds: performance.now() - start,
    ...rest,
  });
  try {
    const backend = await holder.get();
    const unsupported = needs.find(({ op, inputs, params }) => !backend.supports(op, inputs, params));
    if (unsupported !== undefined) {
      const message = `the ${backend.info.name} backend does not support ${formatCall(unsupported)}`;
      if (!needs.every((call) => profile.requires(call)))
        return result({ status: "unsupported", message, unsupported });
      return result({ status: "failed", message: `${message}, which profile ${profile.name} requires`, unsupported });
    }
    const reference = createReferenceBackend();
    try {
      await withTimeout(conformanceCase.run({ backend, reference }), timeout);
    } finally {
      reference.dispose();
    }
    return result({ status: "passed", message: "" });
  } catch (error) {
    holder.discard();
    return result({ status: "failed", message: describeError(error), error });
  }
}

/** One message for people: failures speak for themselves, errors of Octet show their code, others their class. */
function describeError(error: unknown): string {
  if (isFailure(error)) return error.message;
  if (OctetError.isInstance(error)) return `threw ${error.code}: ${error.message}`;
  if (error instanceof Error) return `threw ${error.name}: ${error.message}`;
  return `threw ${String(error)}`;
}

async function withTimeout(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new ConformanceFailure(`did not end within ${milliseconds} ms: a promise is never settled?`)),
      milliseconds,
    );
  });
  try {
    await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
