import { encodeSafetensors, httpFolder, httpSource, openSharded } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { paths, ranges, TestServer } from "./http-server.ts";
import { expectRefusal } from "./support.ts";

const server = TestServer.forFile();
const elsewhere = TestServer.forFile();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The text of a file in a folder. */
async function textOf(folder: ReturnType<typeof httpFolder>, name: string): Promise<string | null> {
  const source = await folder.open(name);
  return source && new TextDecoder().decode(await source.read(0, source.size));
}

describe("httpFolder", () => {
  test.each(["/models/a", "/models/a/"])("opens files by name below %s", async (path) => {
    server.handler = paths({ "/models/a/config.json": bytes("{}"), "/models/a/sub/b.txt": bytes("b") });
    const folder = httpFolder(`${server.origin}${path}`);
    expect(await textOf(folder, "config.json")).toBe("{}");
    expect(await textOf(folder, "sub/b.txt")).toBe("b");
  });

  test("of a whole server, from a URL object that stays as it is", async () => {
    server.handler = paths({ "/a.txt": bytes("a") });
    const base = new URL(server.origin);
    expect(await textOf(httpFolder(base), "a.txt")).toBe("a");
    expect(base.href).toBe(`${server.origin}/`);
  });

  test("a name is taken letter by letter", async () => {
    server.handler = ranges(bytes("x"));
    const folder = httpFolder(`${server.origin}/m`);
    for (const name of ["a b+c&d=e;f@g.txt", "é\u{1f600}.txt"]) await folder.open(name);
    expect(server.urls).toEqual(["/m/a%20b%2Bc%26d%3De%3Bf%40g.txt", "/m/%C3%A9%F0%9F%98%80.txt"]);
  });

  test("the query of the folder goes with each file", async () => {
    server.handler = paths({ "/m/a.txt": bytes("a") });
    expect(await textOf(httpFolder(`${server.origin}/m/?token=secret#here`), "a.txt")).toBe("a");
    expect(server.urls).toEqual(["/m/a.txt?token=secret", "/m/a.txt?token=secret"]);
  });

  test.each([404, 410])("a file that is not there is null: %i", async (status) => {
    server.handler = (_, response) => response.writeHead(status).end("<html>");
    expect(await httpFolder(server.origin).open("a.txt")).toBeNull();
    await expect(httpSource(`${server.origin}/a.txt`)).rejects.toMatchObject({ code: "ERR_UNAVAILABLE", status });
  });

  test.each([401, 403])("a file that may not be read is an error: %i", async (status) => {
    server.handler = (_, response) => response.writeHead(status).end();
    await expect(httpFolder(server.origin).open("a.txt")).rejects.toMatchObject({ code: "ERR_UNAVAILABLE", status });
  });

  test("a sharded checkpoint, through `open` as it is, 6 requests at once for all shards", async () => {
    const names = Array.from({ length: 20 }, (_, at) => `${at + 10}`);
    const shard = (name: string) => encodeSafetensors([{ name, dtype: "U8", shape: [2], data: Uint8Array.of(1, 2) }]);
    const files = Object.fromEntries(names.map((name) => [`/m/${name}.safetensors`, shard(name)]));
    let open = 0;
    let most = 0;
    server.handler = (request, response) => {
      most = Math.max(most, ++open);
      response.on("close", () => open--);
      setTimeout(() => paths(files)(request, response), 5);
    };
    const index = JSON.stringify({
      weight_map: Object.fromEntries(names.map((name) => [name, `${name}.safetensors`])),
    });
    await using reader = await openSharded(index, httpFolder(`${server.origin}/m`).open);
    const all = await Promise.all(names.map((name) => reader.read(name)));
    expect(all.map((read) => [...read])).toEqual(names.map(() => [1, 2]));
    expect(most).toBe(6);
  });

  test("a shard that is not there is named", async () => {
    server.handler = (_, response) => response.writeHead(404).end();
    const opening = openSharded('{"weight_map":{"w":"a.safetensors"}}', httpFolder(server.origin).open);
    await expectRefusal(opening, "ERR_UNAVAILABLE", '"a.safetensors"');
  });
});

/** Names that lead out of a folder, as some file system, URL parser or server reads them. */
const outside = [
  "%2e%2e/private/a.safetensors",
  ".%2e/private/a.safetensors",
  "a/%2E%2E/%2E%2E/private/a.safetensors",
  "a%2f..%2f..%2fprivate/a.safetensors",
  "a%5c..%5cprivate.safetensors",
  "..%00/a.safetensors",
  "private?x=a.safetensors",
  "?a.safetensors",
  "private#a.safetensors",
  "#a.safetensors",
  "..;/private/a.safetensors",
  ".. /private/a.safetensors",
  ".../a.safetensors",
  "a./a.safetensors",
  "a /a.safetensors",
  " /private/a.safetensors",
  " a.safetensors",
  "\u00a0/a.safetensors",
  "/private/a.safetensors",
  "//127.0.0.1:1/a.safetensors",
  "\\private\\a.safetensors",
  "\\\\127.0.0.1\\a.safetensors",
  "../private/a.safetensors",
  "a/../../private/a.safetensors",
  "a/..\\..\\private.safetensors",
  "./a.safetensors",
  "a//a.safetensors",
  "http://127.0.0.1:1/a.safetensors",
  "file:///etc/a.safetensors",
  "data:,a.safetensors",
  "c:a.safetensors",
  "a\t/a.safetensors",
  ".\t./private/a.safetensors",
  "\n../private/a.safetensors",
  "a\u0000.safetensors",
  "a\u0085.safetensors",
  "a\u007f.safetensors",
];

describe("a name that leads out of the folder", () => {
  test.each(outside)("%j reaches no server, from an index", async (name) => {
    const asked: string[] = [];
    const index = JSON.stringify({ weight_map: { w: name } });
    const opening = openSharded(index, async (file) => {
      asked.push(file);
      return null;
    });
    await expectRefusal(opening, "ERR_FORMAT", 'tensor "w"');
    expect(asked).toEqual([]);
  });

  test.each([...outside, "", ".", "..", "a/", "\ud800"])("%j reaches no server, from a folder", async (name) => {
    const folder = httpFolder(`${server.origin}/models/a/`, { headers: { Authorization: "Bearer secret" } });
    await expectRefusal(folder.open(name), "ERR_FORMAT", "file name");
    expect(server.requests).toEqual([]);
  });

  test.each([undefined, null, 7, {}, ["a.txt"]])("%j is no name", async (name) => {
    await expectRefusal(httpFolder(server.origin).open(name as string), "ERR_FORMAT", "not a string");
  });
});

describe("redirects", () => {
  const headers = { Authorization: "Bearer secret", "X-Api-Key": "secret", Cookie: "session=secret" };
  const secrets = (from: TestServer) => ["authorization", "x-api-key", "cookie"].flatMap((name) => from.headers(name));
  const redirect = (to: string, status = 302) =>
    ((_, response) => response.writeHead(status, { Location: to }).end("moved")) satisfies TestServer["handler"];

  test.each([301, 302, 303, 307, 308])("%i on one origin keeps the caller's headers", async (status) => {
    server.handler = (request, response) => {
      if (request.url === "/cache/1") ranges(bytes("text"))(request, response);
      else redirect("../cache/1", status)(request, response);
    };
    expect(await textOf(httpFolder(`${server.origin}/m`, { headers }), "a.txt")).toBe("text");
    expect(new Set(secrets(server))).toEqual(new Set(Object.values(headers)));
    expect(secrets(server).length).toBe(3 * 4);
  });

  test.each([301, 302, 303, 307, 308])("%i to another origin leaves the caller's headers behind", async (status) => {
    server.handler = (request, response) => redirect(`${elsewhere.origin}/cdn`, status)(request, response);
    elsewhere.handler = ranges(bytes("text"));
    expect(await textOf(httpFolder(`${server.origin}/m`, { headers }), "a.txt")).toBe("text");
    expect(elsewhere.requests.length).toBe(2);
    expect(secrets(elsewhere).filter((value) => value !== undefined)).toEqual([]);
    expect(elsewhere.headers("range")).toEqual(["bytes=0-0", "bytes=0-3"]);
    expect(elsewhere.headers("accept-encoding").join()).toMatch(/^(identity,? ?)+$/);
  });

  test("back from another origin, the headers stay behind", async () => {
    server.handler = (request, response) => {
      if (request.url === "/back") ranges(bytes("text"))(request, response);
      else redirect(`${elsewhere.origin}/`)(request, response);
    };
    elsewhere.handler = (request, response) => redirect(`${server.origin}/back`)(request, response);
    expect(await textOf(httpFolder(`${server.origin}/m`, { headers }), "a.txt")).toBe("text");
    const back = server.requests.filter(({ url }) => url === "/back");
    expect(back.length).toBe(2);
    expect(back.map((request) => request.headers["x-api-key"])).toEqual([undefined, undefined]);
  });

  test("without headers they are followed as well", async () => {
    server.handler = (request, response) => redirect(`${elsewhere.origin}/cdn`)(request, response);
    elsewhere.handler = ranges(bytes("text"));
    expect(await textOf(httpFolder(`${server.origin}/m`), "a.txt")).toBe("text");
  });

  test.each(["ftp://127.0.0.1/", "data:,x", "http://user:secret@127.0.0.1:1/", "http://["])("to %s", async (to) => {
    server.handler = redirect(to);
    const error = await httpSource(`${server.origin}/a`, { headers, retries: 0 }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: "ERR_UNAVAILABLE" });
    expect((error as Error).message).toContain("redirects");
    expect((error as Error).message).not.toContain("secret");
  });

  test("without end", async () => {
    server.handler = redirect("/again");
    await expectRefusal(httpSource(`${server.origin}/a`, { headers }), "ERR_UNAVAILABLE", "redirects more than 20");
    expect(server.requests.length).toBe(21);
  });

  test("a status of its kind without a Location is an error", async () => {
    server.handler = (_, response) => response.writeHead(302).end();
    await expectRefusal(httpSource(`${server.origin}/a`, { headers }), "ERR_UNAVAILABLE", "302");
  });

  /** A browser shows a redirect only as such. */
  const browserFetch = (seen: (RequestInit | undefined)[]) =>
    (async (_, init) => {
      seen.push(init);
      if (init?.redirect === "manual") return { type: "opaqueredirect", status: 0 } as Response;
      return new Response("x", { status: 206, headers: { "Content-Range": "bytes 0-0/1" } });
    }) satisfies typeof fetch;

  test("a browser follows them without headers, and with Authorization, which it drops itself", async () => {
    const seen: (RequestInit | undefined)[] = [];
    await httpSource("http://127.0.0.1/a", { fetch: browserFetch(seen) });
    expect(seen.map((init) => init?.redirect)).toEqual(["follow"]);
    await httpSource("http://127.0.0.1/a", { fetch: browserFetch(seen), headers: { Authorization: "Bearer secret" } });
    expect(seen.map((init) => init?.redirect ?? "follow")).toEqual(["follow", "manual", "follow"]);
    expect(new Headers(seen.at(-1)?.headers).get("authorization")).toBe("Bearer secret");
  });

  test("a browser does not follow them with other headers", async () => {
    const seen: (RequestInit | undefined)[] = [];
    const opening = httpSource("http://127.0.0.1/a", { fetch: browserFetch(seen), headers });
    await expectRefusal(opening, "ERR_UNSUPPORTED", "redirects");
    expect(seen.length).toBe(1);
  });
});
