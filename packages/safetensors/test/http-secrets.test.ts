import { inspect } from "node:util";
import { httpFolder, httpSource } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { ranges, TestServer } from "./http-server.ts";

const server = TestServer.forFile();
const headers = { Authorization: "Bearer s3cret-bearer", "X-Api-Key": "s3cret key" };
const query = "?token=s3cret-token&sig=s3cret%2Fsig%3D&s3cret-alone#s3cret-fragment";

/** The error of opening, and all that a log would show of it; no part of it holds a secret. */
async function shown(opening: () => unknown): Promise<{ code: string; message: string; cause?: Error; log: string }> {
  const error = await (async () => opening())().then(
    () => expect.unreachable("it opened"),
    (reason: unknown) => reason,
  );
  const { code, message, cause } = error as { code: string; message: string; cause?: Error };
  const log = inspect(error, { depth: 10, showHidden: true });
  expect(log).not.toMatch(/s3cret|p4ssword|us3r/);
  expect(code).toMatch(/^ERR_/);
  return { code, message, ...(cause && { cause }), log };
}

describe("secrets stay out of errors", () => {
  test.each([401, 404, 500, 200, 206])("of a server that answers %i", async (status) => {
    server.handler = (_, response) => response.writeHead(status).end();
    const { message } = await shown(() => httpSource(`${server.origin}/a${query}`, { headers, retries: 0 }));
    expect(message).toContain(`${server.origin}/a `);
    expect(server.urls[0]).toBe(`/a${query.replace(/#.*/, "")}`);
  });

  test("of a server that sends too little, or another file later", async () => {
    server.handler = ranges(new Uint8Array(100));
    const source = await httpSource(`${server.origin}/a${query}`, { headers, retries: 0 });
    server.handler = ranges(new Uint8Array(99));
    await shown(() => source.read(0, 8));
    server.handler = (request) => request.socket.destroy();
    expect((await shown(() => source.read(0, 8))).code).toBe("ERR_UNAVAILABLE");
    await source.close();
    expect((await shown(() => source.read(0, 8))).code).toBe("ERR_DISPOSED");
  });

  test("of a server that is not there", async () => {
    const address = await closedPort();
    for (const open of [httpSource, (url: string, options: object) => httpFolder(url, options).open("a")]) {
      const { message, cause } = await shown(() => open(`${address}/a${query}`, { headers, retries: 0 }));
      expect(message).toContain(`cannot read ${address}/a`);
      expect(message).toContain("ECONNREFUSED");
      expect(cause).toMatchObject({ name: "TypeError", cause: { code: "ECONNREFUSED" } });
    }
  });

  test.each(["http://us3r:p4ssword@127.0.0.1/a", "https://us3r@127.0.0.1/a", "http://:p4ssword@127.0.0.1/a"])(
    "of an address with a user: %s",
    async (address) => {
      for (const open of [httpSource, httpFolder]) {
        const { code, message } = await shown(() => open(`${address}${query}`));
        expect(code).toBe("ERR_UNSUPPORTED");
        expect(message).toContain("Authorization");
        expect(message).toContain("//127.0.0.1/a");
      }
    },
  );

  test.each([
    "http://us3r:p4ssword@ho st/?token=s3cret",
    "http://[s3cret",
    "s3cret",
    "//us3r:p4ssword@host/",
    "ftp://us3r:p4ssword@127.0.0.1/s3cret",
    "file:///s3cret",
    "data:text/plain,s3cret",
    "blob:http://127.0.0.1/s3cret",
    "",
  ])("of what is not an http address: %j", async (address) => {
    expect((await shown(() => httpSource(address))).code).toBe("ERR_UNSUPPORTED");
    expect((await shown(() => httpFolder(address))).code).toBe("ERR_UNSUPPORTED");
  });

  test("of headers that HTTP does not allow", async () => {
    const wrong = { Authorization: "Bearer s3cret\nmore" };
    expect((await shown(() => httpSource("http://127.0.0.1/a", { headers: wrong }))).code).toBe("ERR_UNSUPPORTED");
  });

  test("of a fetch that repeats them, in any of its causes", async () => {
    const address = `http://127.0.0.1/a${query}`;
    const fetch = async (url: unknown): Promise<Response> => {
      const innermost = new Error(
        "bad token s3cret/sig= or s3cret-alone\nfor s3cret-bearer, s3cret key, s3cret%2Fsig%3D",
      );
      const inner = Object.assign(new Error(`GET /a?token=s3cret-token failed`, { cause: innermost }), {
        code: "E_OLD",
      });
      const { signal } = new AbortController();
      throw Object.assign(new TypeError(`no ${url}, no http://us3r:p4ssword@b/c?x=s3cret#s3cret`, { cause: inner }), {
        signal,
        input: url,
      });
    };
    const { message, cause } = await shown(() => httpSource(address, { headers, fetch, retries: 0 }));
    expect(message).toContain("no http://127.0.0.1/a");
    expect(message).toContain("no http://b/c");
    expect(message).toContain("bad token [hidden] or [hidden] for [hidden], [hidden], [hidden]");
    expect(cause).toMatchObject({ name: "TypeError", cause: { name: "Error", code: "E_OLD" } });
  });

  test("a secret that begins like another is hidden whole", async () => {
    const fetch = () => Promise.reject(new Error("no s3cret-tail"));
    const { message } = await shown(() => httpSource("http://127.0.0.1/a?a=s3cr&b=s3cret-tail", { fetch, retries: 0 }));
    expect(message).toBe("cannot read http://127.0.0.1/a: no [hidden]");
  });

  test.each([["text"], [undefined], [null], [7], [{}], [Object.create(null)], [Symbol("text")]])(
    "of a fetch that throws %o",
    async (thrown) => {
      const fetch = () => Promise.reject(thrown);
      const { code } = await shown(() => httpSource(`http://127.0.0.1/a${query}`, { fetch, retries: 0 }));
      expect(code).toBe("ERR_UNAVAILABLE");
    },
  );

  test("a chain of causes without end is cut", async () => {
    const endless = new Error("again");
    endless.cause = endless;
    const fetch = () => Promise.reject(endless);
    const { message } = await shown(() => httpSource("http://127.0.0.1/a", { fetch, retries: 0 }));
    expect(message).toBe("cannot read http://127.0.0.1/a: again: again: again: again");
  });

  test("short values are no secrets, and a long text is cut", async () => {
    const fetch = () => Promise.reject(new Error(`connect 127.0.0.1:443 ${"x".repeat(1000)}`));
    const { message } = await shown(() => httpSource("http://127.0.0.1/a?v=1&w=127", { fetch, retries: 0 }));
    expect(message).toContain("connect 127.0.0.1:443 xxx");
    expect(message.length).toBeLessThan(400);
  });
});

/** The address of a port of this machine where nothing listens. */
async function closedPort(): Promise<string> {
  const { createServer } = await import("node:net");
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  return `http://127.0.0.1:${port}`;
}
