import { type BackendFactory, formatValue, OctetError, validateOptions } from "@octet/core";
import { BackendHolder } from "./backend-holder.ts";
import { conformanceCases } from "./cases/index.ts";
import { ConformanceFailure } from "./checks/failure.ts";
import { profileOf } from "./profiles.ts";
import { type ConformanceOptions, conformanceKinds, defaultTimeout } from "./run.ts";
import { runCase } from "./run-case.ts";

/** What a test function is called with by vitest and by node:test. */
export interface TestContext {
  skip(note?: string): void;
}

/** The two functions of a test runner that the suite uses; those of vitest and of node:test fit as they are. */
export interface TestRunner {
  // biome-ignore lint/suspicious/noExplicitAny: runners add properties and overloads to theirs, and return what they like
  readonly describe: (name: string, body: () => void) => any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly it: (name: string, body: (context: any) => Promise<void>) => any;
}

/**
 * Makes one test of every case, in one group per family. Cases whose ops the backend does not support show as skipped, with the op in
 * the note. The cases share one backend, which the last test disposes.
 */
export function registerConformance(
  runner: TestRunner,
  name: string,
  factory: BackendFactory,
  options: ConformanceOptions = {},
): void {
  if (typeof runner?.describe !== "function" || typeof runner.it !== "function") {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got ${formatValue(runner)}; pass the functions of a test runner, { describe, it }`,
    );
  }
  const { describe, it } = runner;
  validateOptions("registerConformance", options, conformanceKinds);
  const { cases = conformanceCases(), filter = () => true, timeout = defaultTimeout } = options;
  const profile = profileOf(options.profile ?? "layers");
  const holder = new BackendHolder(factory);
  const families = Map.groupBy(cases.filter(filter), ({ family }) => family);
  describe(name, () => {
    for (const [family, members] of families) {
      describe(family, () => {
        for (const conformanceCase of members) {
          it(conformanceCase.id, async (context: TestContext) => {
            const { status, message, error } = await runCase(conformanceCase, holder, { timeout, profile });
            if (status === "failed") throw new ConformanceFailure(message, { cause: error });
            if (status === "unsupported") context.skip(message);
          });
        }
      });
    }
    it("disposes its backend", async () => holder.dispose());
  });
}
