import { createReferenceBackend } from "@octet/core";
import type { Library } from "./library.ts";
import { octetLibrary } from "./octet.ts";

/** The definition of right, never tuned: one row shows what that costs. */
export const octetReference: Library = octetLibrary({
  id: "octet-reference",
  name: "Octet reference",
  mostRows: 1,
  createBackend: createReferenceBackend,
});
