import octet from "@octet/webgpu/package.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { renderReport } from "./render-report.ts";

const found = {
  date: "2026-01-02T03:04:05.000Z",
  commit: "0123abc",
  userAgent: "Some Browser/1",
  adapter: {
    vendor: "acme",
    architecture: "gen-1",
    device: "",
    description: "Acme 9000",
    software: false,
    features: ["shader-f16"],
    languageFeatures: [],
  },
};

describe("the report of the page", () => {
  it("says where it was made, and what was not run", () => {
    expect(renderReport(found)).toBe(`## Octet on WebGPU

- Adapter: acme gen-1, Acme 9000
- Features: shader-f16
- Browser: Some Browser/1
- Octet: @octet/webgpu ${octet.version}, commit 0123abc, 2026-01-02T03:04:05.000Z

### Conformance

Not run.

### Bench

Not run.
`);
  });

  it("lists the cases that did not pass, and what would explain them", () => {
    const suite = {
      summary: "1 passed, 1 failed, 0 skipped",
      features: ["packed-dot"],
      families: ["quantize"],
      notPassed: [{ id: "quantize/ties (seed 1)", status: "failed" as const, message: "code 1 | 2\nwas 3" }],
      suspects: ["round-half-up"],
    };
    const report = renderReport({ ...found, suite });
    expect(report).toContain("**1 passed, 1 failed, 0 skipped** (quantize), with packed-dot");
    expect(report).toContain("| `quantize/ties (seed 1)` | failed | code 1 \\| 2 was 3 |");
    expect(report).toContain("Known mistakes that would explain it: round-half-up");
  });

  it("says what stopped the page", () => {
    const { adapter: _, ...none } = found;
    const report = renderReport({ ...none, failure: "no adapter" });
    expect(report).toContain("- Adapter: none\n- Features: none\n");
    expect(report).toContain("**Stopped:** no adapter");
  });
});
