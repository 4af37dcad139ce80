import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const golden = fileURLToPath(new URL("../../packages/conformance/fixtures", import.meta.url));
const types: Readonly<Record<string, string>> = { js: "text/javascript", html: "text/html", json: "application/json" };

/**
 * A page that loads page.js of `folder`. With `isolated` it is cross-origin isolated, so that it may share memory with workers. `policy` is
 * its content security policy.
 */
export async function serve(
  folder: string,
  isolated: boolean,
  policy?: string,
): Promise<{ readonly server: Server; readonly url: string }> {
  const headers = {
    ...(isolated && { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }),
    ...(policy !== undefined && { "content-security-policy": policy }),
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url as string, "http://localhost").pathname;
    if (path === "/") {
      response.writeHead(200, { ...headers, "content-type": types.html });
      response.end('<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>');
      return;
    }
    const file = path.startsWith("/golden/") ? join(golden, path.slice(8)) : join(folder, path);
    const found = existsSync(file);
    response.writeHead(found ? 200 : 404, {
      ...headers,
      "content-type": types[path.split(".").at(-1) as string] ?? "",
    });
    if (found) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
