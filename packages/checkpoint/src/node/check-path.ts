import { OctetError } from "@octet/core";

/** Refuses values that cannot be paths, for callers without a compiler. @throws OctetError `ERR_UNSUPPORTED` */
export function checkPath(path: string): void {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return;
  const got =
    typeof path === "string" ? JSON.stringify(path) : path === null ? "null" : `a value of the type ${typeof path}`;
  throw new OctetError("ERR_UNSUPPORTED", `got ${got} as a path; pass a string that is not empty and holds no NUL`);
}
