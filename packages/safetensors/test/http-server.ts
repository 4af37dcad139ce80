import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of this machine that answers as a test says, and remembers what it was asked. */
export class TestServer {
  /** Made by `beforeAll`. */
  origin = "";
  handler: Handler = (_, response) => response.writeHead(404).end();
  readonly requests: IncomingMessage[] = [];
  readonly #server: Server = createServer((request, response) => {
    this.requests.push(request);
    this.handler(request, response);
  });

  /** Starts a server before the tests of a file and stops it after them; each test begins without requests. */
  static forFile(): TestServer {
    const server = new TestServer();
    beforeAll(() => server.#start());
    afterAll(() => server.#stop());
    beforeEach(() => {
      server.requests.length = 0;
    });
    return server;
  }

  /** The paths with their queries, in the order of the requests. */
  get urls(): (string | undefined)[] {
    return this.requests.map(({ url }) => url);
  }

  /** One header of each request. */
  headers(name: string): (string | string[] | undefined)[] {
    return this.requests.map(({ headers }) => headers[name]);
  }

  async #start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function rangeOf(request: IncomingMessage): [first: number, last: number] {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!;
  return [Number(first), Number(last)];
}

/** Serves ranges of `body` as it should be done; `headers` are added or replace what is there. */
export const ranges =
  (body: Uint8Array, headers: Record<string, string> = {}): Handler =>
  (request, response) => {
    const [first, last] = rangeOf(request);
    if (first >= body.byteLength) {
      response.writeHead(416, { "Content-Range": `bytes */${body.byteLength}` }).end();
      return;
    }
    const end = Math.min(last, body.byteLength - 1);
    const contentRange = `bytes ${first}-${end}/${body.byteLength}`;
    response.writeHead(206, { "Content-Range": contentRange, ...headers }).end(body.slice(first, end + 1));
  };

/** Serves `files` by path, and 404 for others. */
export const paths =
  (files: Readonly<Record<string, Uint8Array>>): Handler =>
  (request, response) => {
    const path = (request.url ?? "").replace(/\?.*/, "");
    if (Object.hasOwn(files, path)) ranges(files[path])(request, response);
    else response.writeHead(404).end();
  };
