import { findNameProblem } from "../bytes/file-name.ts";
import { OctetError, quote } from "../errors.ts";

/**
 * The address of a resource; in a browser a relative one counts from the page. Messages never repeat it, since it may hold a secret.
 * Throws ERR_UNSUPPORTED for what is not an http or https address, or holds a user name or password, which `fetch` refuses.
 */
export function parseAddress(url: string | URL): URL {
  const address = tryParse(url);
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      "the address is not a URL that starts with http:// or https://; pass a string or a URL",
    );
  }
  if (address.username !== "" || address.password !== "") {
    const advice = "leave them out of the URL and pass the option headers: { Authorization }";
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the address of ${placeOf(address)} holds a user name or a password; ${advice}`,
    );
  }
  return address;
}

function tryParse(url: unknown): URL | undefined {
  if (typeof url !== "string" && !(url instanceof URL)) return undefined;
  try {
    return new URL(url, globalThis.location?.href);
  } catch {
    return undefined; // the platform's error repeats the address
  }
}

/** An address as messages name it: without the user, the query and the fragment, which may hold secrets. */
export function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/**
 * The address of a file in a folder, with the query of the folder's address. It never lies outside the folder.
 * Throws ERR_FORMAT for a name that could lead out of it.
 */
export function addressInFolder(folder: URL, name: string): URL {
  const problem = typeof name === "string" ? findNameProblem(name) : "is not a string";
  if (problem !== undefined) {
    throw new OctetError("ERR_FORMAT", `the file name ${quote(name)} ${problem}; pass NAME or FOLDER/NAME`);
  }
  const address = new URL(folder);
  const encoded = name.split("/").map(encodeURIComponent).join("/"); // a URL gives no character of a name a meaning of its own
  address.pathname = `${folder.pathname.replace(/\/$/, "")}/${encoded}`;
  return address;
}
