import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeSafetensors, httpSource, openSafetensors, openSharded } from "@octet/safetensors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectRefusal, randomBytes } from "./support.ts";

const data = randomBytes(100_003, 11);
const file = encodeSafetensors([{ name: "w", dtype: "U8", shape: [100_003], data }], { format: "pt" });

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handler: Handler;
let server: Server;
let origin: string;
const requests: { url: string; range: string | undefined; authorization: string | undefined }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    requests.push({ url: request.url ?? "", range, authorization });
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const rangeOf = (request: IncomingMessage): [number, number] => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!;
  return [Number(first), Number(last)];
};

/** Serves ranges of `body` as it should be done; `headers` are added or replace what is there. */
const ranges =
  (body: Uint8Array = file, headers: Record<string, string> = {}): Handler =>
  (request, response) => {
    const [first, last] = rangeOf(request);
    if (first >= body.byteLength) {
      response.writeHead(416, { "Content-Range": `bytes */${body.byteLength}` }).end();
      return;
    }
    const end = Math.min(last, body.byteLength - 1);
    const contentRange = `bytes ${first}-${end}/${body.byteLength}`;
    response
      .writeHead(206, { "Content-Range": contentRange, ETag: '"v1"', ...headers })
      .end(body.slice(first, end + 1));
  };

const open = async () => openSafetensors(await httpSource(`${origin}/model.safetensors`));

describe("httpSource", () => {
  test("reads only what is asked for, seed 11", async () => {
    handler = ranges();
    requests.length = 0;
    await using reader = await open();
    expect(await reader.readRange("w", 50_000, 50_033)).toEqual(data.slice(50_000, 50_033));
    const start = file.byteLength - data.byteLength;
    const wanted = ["0-0", "0-7", `8-${start - 1}`, `${start + 50_000}-${start + 50_032}`];
    expect(requests.map(({ range }) => range)).toEqual(wanted.map((range) => `bytes=${range}`));
    expect(await reader.read("w")).toEqual(data);
  });

  test("several reads at once", async () => {
    handler = ranges();
    await using reader = await open();
    const parts = await Promise.all(
      Array.from({ length: 33 }, (_, at) => reader.readRange("w", at * 3000, at * 3000 + 3000)),
    );
    for (const [at, part] of parts.entries()) expect(part).toEqual(data.slice(at * 3000, at * 3000 + 3000));
  });

  test("reads no bytes without a request", async () => {
    handler = ranges();
    const source = await httpSource(`${origin}/model.safetensors`);
    requests.length = 0;
    expect((await source.read(5, 0)).byteLength).toBe(0);
    expect(requests).toEqual([]);
    await expectRefusal(source.read(0, file.byteLength + 1), "ERR_FORMAT");
    expect(requests).toEqual([]);
  });

  test("sends the headers given with each request, through the fetch given", async () => {
    handler = ranges();
    requests.length = 0;
    let calls = 0;
    const counting: typeof fetch = (...parameters) => {
      calls++;
      return fetch(...parameters);
    };
    const options = { headers: { Authorization: "Bearer token" }, fetch: counting };
    const source = await httpSource(new URL(`${origin}/model.safetensors`), options);
    await source.read(0, 8);
    expect(calls).toBe(2);
    expect(requests.map(({ authorization }) => authorization)).toEqual(["Bearer token", "Bearer token"]);
  });

  test("follows redirects", async () => {
    handler = (request, response) => {
      if (request.url === "/moved") ranges()(request, response);
      else response.writeHead(302, { Location: "/moved" }).end();
    };
    await using reader = await open();
    expect(await reader.read("w")).toEqual(data);
  });

  test("an empty resource has size 0", async () => {
    handler = ranges(new Uint8Array(0));
    const source = await httpSource(`${origin}/empty`);
    expect(source.size).toBe(0);
    await expectRefusal(openSafetensors(source), "ERR_FORMAT");
  });

  test("a sharded checkpoint", async () => {
    const shards = new Map(
      ["a", "b"].map((name) => [
        `/${name}.safetensors`,
        encodeSafetensors([{ name, dtype: "U8", shape: [2], data: Uint8Array.of(1, 2) }]),
      ]),
    );
    handler = (request, response) => ranges(shards.get(request.url ?? ""))(request, response);
    const index = '{"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}';
    await using reader = await openSharded(index, (fileName) => httpSource(new URL(fileName, `${origin}/index.json`)));
    expect([...(await reader.read("b"))]).toEqual([1, 2]);
  });

  test("closing aborts what is under way, and ends reading", async () => {
    handler = ranges();
    const source = await httpSource(`${origin}/model.safetensors`);
    const arrived = new Promise<void>((resolve) => {
      handler = () => resolve(); // never answers
    });
    const reading = expectRefusal(source.read(0, 8), "ERR_DISPOSED");
    await arrived;
    await source.close();
    await source.close();
    await reading;
    await expectRefusal(source.read(0, 8), "ERR_DISPOSED");
  });
});

describe("a server that cannot be read from", () => {
  const opening = (path = "/model.safetensors") => httpSource(`${origin}${path}`);

  test("ignores Range", async () => {
    handler = (_, response) => response.writeHead(200, { "Content-Length": file.byteLength }).end(file);
    await expectRefusal(opening(), "ERR_UNSUPPORTED", "Range");
  });

  test.each([401, 403, 404, 500, 503])("answers %i", async (status) => {
    handler = (_, response) => response.writeHead(status).end("<html>");
    await expectRefusal(opening(), "ERR_UNAVAILABLE", `${status}`);
  });

  test("the message holds no query, where secrets are kept", async () => {
    handler = (_, response) => response.writeHead(403).end();
    const error = await opening("/a?signature=secret").catch((reason: Error) => reason);
    expect((error as Error).message).toContain("/a");
    expect((error as Error).message).not.toContain("secret");
  });

  test("is not there", async () => {
    const fetch = (): Promise<Response> => Promise.reject(new TypeError("connection refused"));
    await expectRefusal(httpSource(`${origin}/a`, { fetch }), "ERR_UNAVAILABLE", "connection refused");
  });

  test("shows no Content-Range", async () => {
    handler = (_, response) => response.writeHead(206).end("x");
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
    handler = ranges(file, { "Content-Range": contentRange });
    await expectRefusal(opening(), "ERR_FORMAT", contentRange);
  });

  test("compresses", async () => {
    const fetch = async (): Promise<Response> =>
      new Response("x", { status: 206, headers: { "Content-Range": "bytes 0-0/100", "Content-Encoding": "br" } });
    await expectRefusal(httpSource(`${origin}/a`, { fetch }), "ERR_UNSUPPORTED", "br");
  });
});

describe("a server that changes its mind", () => {
  const source = async () => {
    handler = ranges(file, { "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT" });
    return httpSource(`${origin}/model.safetensors`);
  };

  test.each<[string, Handler]>([
    ["another ETag", ranges(file, { ETag: '"v2"' })],
    ["another size", ranges(file.slice(0, -1))],
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
    handler = changed;
    await expectRefusal(opened.read(0, 8), "ERR_FORMAT", "changed");
  });

  test("a weak form of the same ETag is no change", async () => {
    const opened = await source();
    handler = ranges(file, { ETag: 'W/"v1"' });
    expect(await opened.read(0, 8)).toEqual(file.slice(0, 8));
  });

  test("no Range any more", async () => {
    const opened = await source();
    handler = (_, response) => response.writeHead(200).end(file);
    await expectRefusal(opened.read(0, 8), "ERR_UNSUPPORTED", "Range");
  });

  test("other bytes than asked for", async () => {
    const opened = await source();
    handler = ranges(file, { "Content-Range": `bytes 8-15/${file.byteLength}` });
    await expectRefusal(opened.read(0, 8), "ERR_FORMAT", "bytes 8-15");
  });

  test.each([7, 9, 100_000])("%i bytes instead of 8", async (length) => {
    const opened = await source();
    const headers = { "Content-Range": `bytes 0-7/${file.byteLength}` };
    handler = (_, response) => response.writeHead(206, headers).end(new Uint8Array(length));
    await expectRefusal(opened.read(0, 8), "ERR_FORMAT", "8 bytes asked for");
  });

  test("an answer that breaks off", async () => {
    const opened = await source();
    handler = (_, response) => {
      response.writeHead(206, { "Content-Range": `bytes 0-7/${file.byteLength}`, "Content-Length": "8" });
      response.write(new Uint8Array(3), () => response.destroy());
    };
    await expectRefusal(opened.read(0, 8), "ERR_UNAVAILABLE");
  });
});
