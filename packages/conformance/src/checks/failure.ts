import { Brand } from "@octet/core";

/** A promise that was not kept. The message says what was got and what was wanted. */
export class ConformanceFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConformanceFailure";
  }
}

const brand = new Brand<ConformanceFailure>("octet.conformance.failure");
brand.mark(ConformanceFailure.prototype);

/** Whether a case failed by the suite's own judgement, of any copy of this package. */
export function isFailure(error: unknown): error is ConformanceFailure {
  return brand.marks(error);
}

/** Throws a ConformanceFailure with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceFailure(message);
}
