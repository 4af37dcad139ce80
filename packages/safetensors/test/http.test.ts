import { encodeSafetensors, httpSource, openSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { type Handler, ranges as plainRanges, rangeOf, TestServer } from "./http-server.ts";
import { expectRefusal, randomBytes } from "./support.ts";

const data = randomBytes(100_003, 11);
const file = encodeSafetensors([{ name: "w", dtype: "U8", shape: [100_003], data }], { format: "pt" });

const server = TestServer.forFile();
/** Serves ranges of `body` under the tag "v1". */
const ranges = (body: Uint8Array = file, headers: Record<string, string> = {}): Handler =>
  plainRanges(body, { ETag: '"v1"', ...headers });

const open = async () => openSafetensors(await httpSource(`${server.origin}/model.safetensors`));

describe("httpSource", () => {
  test("reads only what is asked for, seed 11", async () => {
    server.handler = ranges();
    await using reader = await open();
    expect(await reader.readRange("w", 50_000, 50_033)).toEqual(data.slice(50_000, 50_033));
    const start = file.byteLength - data.byteLength;
    const wanted = ["0-0", "0-7", `8-${start - 1}`, `${start + 50_000}-${start + 50_032}`];
    expect(server.headers("range")).toEqual(wanted.map((range) => `bytes=${range}`));
    expect(await reader.read("w")).toEqual(data);
  });

  test("several reads at once", async () => {
    server.handler = ranges();
    await using reader = await open();
    const parts = await Promise.all(
      Array.from({ length: 33 }, (_, at) => reader.readRange("w", at * 3000, at * 3000 + 3000)),
    );
    for (const [at, part] of parts.entries()) expect(part).toEqual(data.slice(at * 3000, at * 3000 + 3000));
  });

  test("reads no bytes without a request", async () => {
    server.handler = ranges();
    const source = await httpSource(`${server.origin}/model.safetensors`);
    expect((await source.read(5, 0)).byteLength).toBe(0);
    expect(server.requests.length).toBe(1);
    await expectRefusal(source.read(0, file.byteLength + 1), "ERR_FORMAT");
    expect(server.requests.length).toBe(1);
  });

  test("sends the headers given with each request, through the fetch given", async () => {
    server.handler = ranges();
    let calls = 0;
    const counting: typeof fetch = (...parameters) => {
      calls++;
      return fetch(...parameters);
    };
    const options = { headers: { Authorization: "Bearer token" }, fetch: counting };
    const source = await httpSource(new URL(`${server.origin}/model.safetensors`), options);
    await source.read(0, 8);
    expect(calls).toBe(2);
    expect(server.headers("authorization")).toEqual(["Bearer token", "Bearer token"]);
  });

  test("follows redirects", async () => {
    server.handler = (request, response) => {
      if (request.url === "/moved") ranges()(request, response);
      else response.writeHead(302, { Location: "/moved" }).end();
    };
    await using reader = await open();
    expect(await reader.read("w")).toEqual(data);
  });

  test("an empty resource has size 0", async () => {
    server.handler = ranges(new Uint8Array(0));
    const source = await httpSource(`${server.origin}/empty`);
    expect(source.size).toBe(0);
    await expectRefusal(openSafetensors(source), "ERR_FORMAT");
  });

  test("asks for plain bytes, which a server may compress otherwise", async () => {
    server.handler = (request, response) => {
      const plain = /^identity(, identity)*$/.test(`${request.headers["accept-encoding"]}`); // Node adds its own
      ranges(file, plain ? {} : { "Content-Encoding": "gzip" })(request, response);
    };
    const sent: (string | null)[] = [];
    const noting: typeof fetch = (url, init) => {
      sent.push(new Headers(init?.headers).get("Accept-Encoding"));
      return fetch(url, init);
    };
    const headers = { "accept-encoding": "gzip", Range: "bytes=5-6" };
    const source = await httpSource(`${server.origin}/a`, { headers, fetch: noting });
    expect(await source.read(0, 8)).toEqual(file.slice(0, 8));
    expect(sent).toEqual(["identity", "identity"]);
    expect(server.headers("range")).toEqual(["bytes=0-0", "bytes=0-7"]);
  });

  test("at most 6 requests at once, also where more reads wait", async () => {
    let open = 0;
    let most = 0;
    const large = randomBytes(40 * 70_000, 12);
    server.handler = (request, response) => {
      most = Math.max(most, ++open);
      response.on("close", () => open--);
      setTimeout(() => plainRanges(large)(request, response), 10);
    };
    const source = await httpSource(`${server.origin}/a`);
    const reads = Array.from({ length: 40 }, (_, at) => source.read(at * 70_000, 70_000));
    for (const [at, bytes] of (await Promise.all(reads)).entries()) {
      expect(bytes).toEqual(large.slice(at * 70_000, (at + 1) * 70_000));
    }
    expect(most).toBe(6);
  });

  test("closing aborts what is under way, and ends reading", async () => {
    server.handler = ranges();
    const source = await httpSource(`${server.origin}/model.safetensors`);
    const arrived = new Promise<void>((resolve) => {
      server.handler = () => resolve(); // never answers
    });
    const reading = expectRefusal(source.read(0, 8), "ERR_DISPOSED");
    await arrived;
    await source.close();
    await source.close();
    await reading;
    await expectRefusal(source.read(0, 8), "ERR_DISPOSED");
  });

  test("closing ends reads that wait for their turn", async () => {
    server.handler = plainRanges(new Uint8Array(1_000_000));
    const source = await httpSource(`${server.origin}/a`);
    server.handler = () => {}; // never answers
    const reads = Array.from({ length: 9 }, (_, at) => source.read(at * 100_000, 100_000));
    const ended = Promise.all(reads.map((read) => expectRefusal(read, "ERR_DISPOSED")));
    await source.close();
    await ended;
  });
});

describe("a server that cannot be read from", () => {
  const opening = (path = "/model.safetensors") => httpSource(`${server.origin}${path}`);

  test("ignores Range", async () => {
    server.handler = (_, response) => response.writeHead(200, { "Content-Length": file.byteLength }).end(file);
    await expectRefusal(opening(), "ERR_UNSUPPORTED", "Range");
  });

  test.each([401, 403, 404, 500, 503])("answers %i", async (status) => {
    server.handler = (_, response) => response.writeHead(status).end("<html>");
    await expectRefusal(opening(), "ERR_UNAVAILABLE", `${status}`);
  });

  test("the message holds no query, where secrets are kept", async () => {
    server.handler = (_, response) => response.writeHead(403).end();
    const error = await opening("/a?signature=secret").catch((reason: Error) => reason);
    expect((error as Error).message).toContain("/a");
    expect((error as Error).message).not.toContain("secret");
  });

  test("is not there", async () => {
    const fetch = (): Promise<Response> => Promise.reject(new TypeError("connection refused"));
    await expectRefusal(httpSource(`${server.origin}/a`, { fetch }), "ERR_UNAVAILABLE", "connection refused");
  });

  test("shows no Content-Range", async () => {
    server.handler = (_, response) => response.writeHead(206).end("x");
    await expectRefusal(opening(), "ERR_UNSUPPORTED", "Access-Control-Expose-Headers");
  });

  test.each([
    "bytes 0-0/*",
    "bytes 1-1/100",
    "bytes 0-1/100",
    "bytes 0-0/0",
    "items 0-0/100",
    "bytes 0-0/9007199254740992",
    "0-0/100",
  ])("answers with Content-Range %j", async (contentRange) => {
    server.handler = ranges(file, { "Content-Range": contentRange });
    await expectRefusal(opening(), "ERR_FORMAT", contentRange);
  });

  test.each(["bytes */100", "bytes 0-0/100", "bytes */x"])("has no first byte and yet %j", async (contentRange) => {
    server.handler = (_, response) => response.writeHead(416, { "Content-Range": contentRange }).end();
    await expectRefusal(opening(), "ERR_FORMAT", contentRange);
  });

  test("has no first byte and does not say why", async () => {
    server.handler = (_, response) => response.writeHead(416).end();
    await expectRefusal(opening(), "ERR_UNAVAILABLE", "416");
  });

  test("compresses", async () => {
    const fetch = async (): Promise<Response> =>
      new Response("x", { status: 206, headers: { "Content-Range": "bytes 0-0/100", "Content-Encoding": "br" } });
    await expectRefusal(httpSource(`${server.origin}/a`, { fetch }), "ERR_UNSUPPORTED", "br");
  });
});

describe("a server that changes its mind", () => {
  const source = async () => {
    server.handler = ranges(file, { "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT" });
    return httpSource(`${server.origin}/model.safetensors`);
  };

  test.each<[string, Handler]>([
    ["another ETag", ranges(file, { ETag: '"v2"' })],
    ["another size", ranges(file.slice(0, -1))],
    ["another size, and no ETag", plainRanges(file.slice(0, -1))],
    ["shorter than what is read, and no ETag", plainRanges(file.slice(0, 4))],
    ["shorter than where a read begins", plainRanges(new Uint8Array(0))],
    [
      "no ETag and another date",
      (request, response) => {
        const [first, last] = rangeOf(request);
        const headers = {
          "Content-Range": `bytes ${first}-${last}/${file.byteLength}`,
          "Last-Modified": "Fri, 02 Jan 2026 00:00:00 GMT",
        };
        response.writeHead(206, headers).end(file.slice(first, last + 1));
      },
    ],
  ])("%s: the file changed", async (_, changed) => {
    const opened = await source();
    server.handler = changed;
    await expectRefusal(opened.read(0, 8), "ERR_FORMAT", "changed");
  });

  test("a weak form of the same ETag is no change", async () => {
    const opened = await source();
    server.handler = ranges(file, { ETag: 'W/"v1"' });
    expect(await opened.read(0, 8)).toEqual(file.slice(0, 8));
  });

  test("the same ETag with another date is no change: servers of one file may have dates of their own", async () => {
    const opened = await source();
    server.handler = ranges(file, { "Last-Modified": "Fri, 02 Jan 2026 00:00:00 GMT" });
    expect(await opened.read(0, 8)).toEqual(file.slice(0, 8));
  });

  test("no Range any more", async () => {
    const opened = await source();
    server.handler = (_, response) => response.writeHead(200).end(file);
    await expectRefusal(opened.read(0, 8), "ERR_UNSUPPORTED", "Range");
  });

  test("other bytes than asked for", async () => {
    const opened = await source();
    server.handler = ranges(file, { "Content-Range": `bytes 8-15/${file.byteLength}` });
    await expectRefusal(opened.read(0, 8), "ERR_FORMAT", "bytes 8-15");
  });

  test.each([7, 9, 100_000])("%i bytes instead of 8", async (length) => {
    const opened = await source();
    const headers = { "Content-Range": `bytes 0-7/${file.byteLength}` };
    server.handler = (_, response) => response.writeHead(206, headers).end(new Uint8Array(length));
    await expectRefusal(opened.read(0, 8), "ERR_FORMAT", "8 bytes asked for");
  });

  test("an answer that breaks off", async () => {
    const opened = await source();
    server.handler = (_, response) => {
      response.writeHead(206, { "Content-Range": `bytes 0-7/${file.byteLength}`, "Content-Length": "8" });
      response.write(new Uint8Array(3), () => response.destroy());
    };
    await expectRefusal(opened.read(0, 8), "ERR_UNAVAILABLE");
  });
});
