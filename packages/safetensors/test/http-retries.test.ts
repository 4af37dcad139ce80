import { HttpStatusError, httpFolder, httpSource, OctetError } from "@octet/safetensors";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Handler, rangeOf, ranges, TestServer } from "./http-server.ts";
import { expectRefusal, randomBytes } from "./support.ts";

const file = randomBytes(200_000, 21);
const server = TestServer.forFile();

/** Fails with each of `failures` in turn, then serves the file. */
const after =
  (...failures: Handler[]): Handler =>
  (request, response) =>
    (failures.shift() ?? ranges(file))(request, response);

const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    response.writeHead(code, headers).end("<html>");

const reset: Handler = (request) => request.socket.destroy();
const silent: Handler = () => {};
/** Sends the head and half of the body, and then nothing more, or less than nothing. */
const half =
  (end: "silence" | "reset"): Handler =>
  (request, response) => {
    const [first, last] = rangeOf(request);
    const length = last + 1 - first;
    response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${file.byteLength}`, "Content-Length": length });
    response.write(file.subarray(first, first + Math.floor(length / 2)), () => end === "reset" && response.destroy());
  };

const open = (options = {}) => httpSource(`${server.origin}/a`, options);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("failures that pass", () => {
  test.each<[string, Handler]>([
    ["408", status(408)],
    ["429", status(429)],
    ["500", status(500)],
    ["502", status(502)],
    ["503", status(503)],
    ["504", status(504)],
    ["599", status(599)],
    ["a reset", reset],
    ["silence", silent],
  ])("%s, while opening and while reading", async (_, failure) => {
    server.handler = after(failure);
    const source = await open({ timeout: 100 });
    expect(server.requests.length).toBe(2);
    server.handler = after(failure, failure);
    expect(await source.read(0, 100_000)).toEqual(file.slice(0, 100_000));
    expect(server.requests.length).toBe(5);
    server.handler = after(failure);
    expect(await source.read(7, 33)).toEqual(file.slice(7, 40));
  });

  test.each(["silence", "reset"] as const)("%s in the middle of the body", async (end) => {
    server.handler = ranges(file);
    const source = await open({ timeout: 100 });
    server.handler = after(half(end), half(end));
    expect(await source.read(0, 100_000)).toEqual(file.slice(0, 100_000));
  });

  test("a refused connection says why, and how often it was tried", async () => {
    const { code, message, cause } = await refusal(httpSource("http://127.0.0.1:1/a", { retries: 1 }));
    expect(code).toBe("ERR_UNAVAILABLE");
    expect(message).toMatch(/tried 2 times/);
    expect(`${message} ${(cause as Error).message}`).toMatch(/ECONNREFUSED|bad port|fetch failed/);
  });

  test.each([0, 1, 3])("are tried again %i times at most", async (retries) => {
    server.handler = status(503);
    const error = await refusal(open({ retries }));
    expect(error).toBeInstanceOf(HttpStatusError);
    expect(error).toMatchObject({ code: "ERR_UNAVAILABLE", status: 503, retryAfter: null });
    expect(server.requests.length).toBe(1 + retries);
  });

  test("3 times where the caller does not say", async () => {
    server.handler = status(500);
    await refusal(open());
    expect(server.requests.length).toBe(4);
  });

  test.each([400, 401, 403, 404, 405, 410, 412, 451])("%i does not pass, and is not tried again", async (code) => {
    server.handler = status(code);
    expect(await refusal(open())).toMatchObject({ status: code, message: `${server.origin}/a answered ${code}` });
    expect(server.requests.length).toBe(1);
  });

  test("wrong bytes are not tried again", async () => {
    server.handler = ranges(file);
    const source = await open();
    server.handler = ranges(file, { "Content-Range": "bytes 1-2/200000" });
    await expectRefusal(source.read(0, 8), "ERR_FORMAT", "bytes 1-2");
    expect(server.requests.length).toBe(2);
  });
});

describe("the wait before the next try", () => {
  const busy = (code: number, retryAfter?: string) => async () =>
    new Response(null, { status: code, headers: retryAfter === undefined ? {} : { "Retry-After": retryAfter } });
  const failing = () => Promise.reject(new TypeError("reset"));

  /** The waits between tries that all fail, in ms, with `Math.random` giving `random`. */
  async function waits(random: number, retries: number, fetch: () => Promise<Response>): Promise<number[]> {
    vi.spyOn(Math, "random").mockReturnValue(random);
    const timers = vi.spyOn(globalThis, "setTimeout");
    timers.mockClear();
    await refusal(open({ retries, fetch }));
    return timers.mock.calls.map(([, wait]) => wait ?? 0).filter((wait) => wait <= 2000); // others are timeouts
  }

  test("doubles, and is spread over its upper half", async () => {
    expect(await waits(0, 3, busy(503))).toEqual([100, 200, 400]);
    expect(await waits(1, 3, failing)).toEqual([200, 400, 800]);
  });

  test("is as long as the server asks, in seconds or as a date", async () => {
    expect(await waits(0, 1, busy(429, "1"))).toEqual([1000]);
    const date = new Date(Date.now() + 2000).toUTCString();
    const [wait] = await waits(0, 1, busy(503, date));
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThanOrEqual(2000);
  });

  test("is never shorter than usual", async () => {
    expect(await waits(0, 1, busy(429, "0"))).toEqual([100]);
    expect(await waits(0, 1, busy(429, "Thu, 01 Jan 1970 00:00:00 GMT"))).toEqual([100]);
    expect(await waits(0, 1, busy(429, "soon"))).toEqual([100]);
  });

  test("ends the read where the server asks for too much", async () => {
    server.handler = status(429, { "Retry-After": "3600" });
    const error = await refusal(open());
    expect(error).toMatchObject({ status: 429, retryAfter: 3_600_000 });
    expect(error.message).toContain("answered 429 and asks to wait 3600 s");
    expect(server.requests.length).toBe(1);
  });
});

describe("the timeout", () => {
  test("ends a request that nothing answers", async () => {
    server.handler = silent;
    const error = await refusal(open({ timeout: 50, retries: 0 }));
    expect(error.code).toBe("ERR_UNAVAILABLE");
    expect(error.message).toContain("sent nothing for 50 ms");
  });

  test("ends a fetch that knows nothing of signals", async () => {
    const fetch = () => new Promise<Response>(() => {});
    await expectRefusal(open({ timeout: 50, retries: 0, fetch }), "ERR_UNAVAILABLE", "50 ms");
  });

  test("counts silence, not the length of a download", async () => {
    server.handler = ranges(file);
    const source = await open({ timeout: 300, retries: 0 });
    server.handler = (_, response) => {
      response.writeHead(206, { "Content-Range": `bytes 0-99999/${file.byteLength}` });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(file.subarray(sent, sent + 10_000));
        sent += 10_000;
        if (sent < 100_000) return;
        clearInterval(timer);
        response.end();
      }, 60);
    };
    expect(await source.read(0, 100_000)).toEqual(file.slice(0, 100_000));
  });

  test("does not count while reads wait for their turn", async () => {
    server.handler = ranges(file);
    const source = await open({ timeout: 250, retries: 0 });
    server.handler = (request, response) => setTimeout(() => ranges(file)(request, response), 100);
    const reads = Array.from({ length: 30 }, () => source.read(0, 70_000)); // five rounds of 100 ms
    for (const bytes of await Promise.all(reads)) expect(bytes.byteLength).toBe(70_000);
  });
});

describe("the signal", () => {
  test.each<[string, Handler]>([
    ["while a request is under way", silent],
    ["while it waits to try again", status(503)],
  ])("ends opening %s", async (_, handler) => {
    const aborter = new AbortController();
    server.handler = (request, response) => {
      handler(request, response);
      setTimeout(() => aborter.abort(new Error("enough")), 20);
    };
    await expect(open({ signal: aborter.signal })).rejects.toThrow("enough");
    expect(server.requests.length).toBe(1);
  });

  test("of a request is aborted once its answer is of no use, which frees the connection", async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      signals.push(init?.signal);
      return new Response("<html>", { status: 403 });
    };
    await refusal(open({ fetch }));
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test("leaves no timer behind", async () => {
    const aborter = new AbortController();
    const started = vi.spyOn(globalThis, "setTimeout");
    const ended = vi.spyOn(globalThis, "clearTimeout");
    const fetch = async (): Promise<Response> => {
      setTimeout(() => aborter.abort("stop"), 10);
      return new Response(null, { status: 503, headers: { "Retry-After": "7" } });
    };
    await expect(open({ signal: aborter.signal, timeout: 7001, fetch })).rejects.toBe("stop");
    const timers = started.mock.results.filter((_, at) => [7000, 7001].includes(started.mock.calls[at][1] ?? 0));
    expect(timers.length).toBe(3); // the request, its answer, the wait
    for (const { value } of timers) expect(ended.mock.calls).toContainEqual([value]);
  });

  test("ends reading, of all files of a folder, then and later", async () => {
    const aborter = new AbortController();
    server.handler = ranges(file);
    const folder = httpFolder(server.origin, { signal: aborter.signal });
    const source = (await folder.open("a"))!;
    server.handler = silent;
    const reading = [source.read(0, 8), source.read(100_000, 70_000)].map((read) => read.catch((reason) => reason));
    setTimeout(() => aborter.abort("stop"), 20);
    expect(await Promise.all(reading)).toEqual(["stop", "stop"]);
    await expect(source.read(0, 8)).rejects.toBe("stop");
    await expect(folder.open("b")).rejects.toBe("stop");
  });

  test("that is aborted already sends nothing", async () => {
    await expect(open({ signal: AbortSignal.abort("stop") })).rejects.toBe("stop");
    expect(server.requests).toEqual([]);
  });

  test("does not hold on to sources that are closed or did not open", async () => {
    const { signal } = new AbortController();
    const counts = { add: 0, remove: 0 };
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...parameters: Parameters<typeof addEventListener>) => {
      counts.add++;
      addEventListener.apply(signal, parameters);
    };
    signal.removeEventListener = (...parameters: Parameters<typeof removeEventListener>) => {
      counts.remove++;
      removeEventListener.apply(signal, parameters);
    };
    server.handler = ranges(file);
    await (await open({ signal })).close();
    server.handler = status(404);
    await refusal(open({ signal }));
    expect(counts).toEqual({ add: 2, remove: 2 });
  });
});

async function refusal(promise: Promise<unknown>): Promise<OctetError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!OctetError.isInstance(error)) throw new Error(`expected an OctetError, got ${error}`);
  return error;
}
