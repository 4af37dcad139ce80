import { describe, expect, it } from "vitest";
import { rejectionCode } from "../../test/support/error-code.ts";
import { OctetError } from "../errors.ts";
import { createReferenceBackend } from "../reference/reference-backend.ts";
import { firstAvailable } from "./first-available.ts";

const noAdapter = () => {
  throw new OctetError("ERR_UNAVAILABLE", "no GPU adapter");
};
const noDriver = async () => {
  throw new Error("libcuda.so is missing");
};

describe("firstAvailable", () => {
  it("returns the first backend that starts, and why each earlier one did not, in order", async () => {
    let tried = 0;
    const never = () => {
      tried++;
      return createReferenceBackend();
    };
    const { backend, rejected } = await firstAvailable([
      noAdapter,
      noDriver,
      async () => createReferenceBackend(),
      never,
    ]);
    using _ = backend;
    expect(backend.info.name).toBe("reference");
    expect(tried).toBe(0);
    expect(rejected.map(({ index, factory, error }) => [index, factory, (error as Error).message])).toEqual([
      [0, noAdapter, "no GPU adapter"],
      [1, noDriver, "libcuda.so is missing"],
    ]);
  });

  it("rejects nothing when the first one starts", async () => {
    const { backend, rejected } = await firstAvailable([createReferenceBackend]);
    using _ = backend;
    expect(rejected).toEqual([]);
  });

  it("throws ERR_UNAVAILABLE with every reason when none starts, also for reasons that are no errors", async () => {
    const odd = () => {
      throw "a text";
    };
    const error: OctetError = await firstAvailable([noAdapter, noDriver, odd]).catch((reason) => reason);
    expect(error.code).toBe("ERR_UNAVAILABLE");
    for (const reason of ["no GPU adapter", "libcuda.so is missing", "a text"]) expect(error.message).toContain(reason);
    expect((error.cause as AggregateError).errors).toHaveLength(3);
  });

  it("throws ERR_UNAVAILABLE for an empty list", async () => {
    expect(await rejectionCode(firstAvailable([]))).toBe("ERR_UNAVAILABLE");
  });
});
