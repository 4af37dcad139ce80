import { expect, it } from "vitest";
import { OctetError } from "../errors.ts";
import { firstAvailable } from "./first-available.ts";

it("keeps what each factory threw as the cause, in order, errors or not", async () => {
  const thrown = [new OctetError("ERR_UNAVAILABLE", "no adapter"), "a string", undefined];
  const factories = thrown.map((error) => () => Promise.reject(error));
  const error: unknown = await firstAvailable(factories).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "ERR_UNAVAILABLE", cause: { errors: thrown } });
  expect((error as Error).cause).toBeInstanceOf(AggregateError);
});
