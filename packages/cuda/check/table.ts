import type { BenchReport } from "./bench.ts";
import type { TorchReport } from "./torch.ts";

/** Columns of the table of linears: an arm, and what it is called there. */
const columns = [
  ["octet-float16", "W8A16"],
  ["octet-int16", "int16"],
  ["octet-int8", "int8"],
  ["cublaslt-float16", "cuBLASLt f16"],
  ["cublaslt-int8-raw", "cuBLASLt s8 raw"],
  ["torch-float16", "torch f16"],
  ["torch-int-mm", "_int_mm w.t()"],
  ["torch-int-mm-row-major", "_int_mm [K,N]"],
  ["torch-weight-int8pack-mm", "_int8pack_mm"],
] as const;

const base = "cublaslt-float16";

/** Microseconds of every arm, and how many times as fast as float16 by cuBLASLt each is. */
export function linearTable(bench: BenchReport, torch: TorchReport | undefined): string {
  const copy = bench.ceilings.copyGigabytesPerSecond ?? Number.NaN;
  const rows = bench.linear.map(({ m, n, k, arms }) => {
    const beside = torch?.linear.find((row) => row.m === m && row.n === n && row.k === k)?.arms ?? [];
    const times = new Map([...arms, ...beside].map(({ name, microseconds }) => [name, microseconds] as const));
    const reference = times.get(base);
    const cells = columns.map(([name]) => {
      const time = times.get(name);
      if (time === undefined) return "-";
      const ratio = reference === undefined || name === base ? "" : ` ${(reference / time).toFixed(2)}x`;
      return `${time.toFixed(time < 100 ? 1 : 0)}${ratio}`;
    });
    const own = times.get("octet-float16");
    const bandwidth = own === undefined ? "-" : `${Math.round(((n * k) / own / 1000 / copy) * 100)}%`;
    return [`${n}x${k}`, String(m), ...cells, bandwidth];
  });
  return formatTable(["weight [N,K]", "M", ...columns.map(([, title]) => title), "codes/copy"], rows);
}

/** Bytes per second of quantize and dequantize, and that as a share of the copy beside it. */
export function elementwiseTable(bench: BenchReport): string {
  const rows = bench.elementwise.flatMap(({ rows, columns, arms }) => {
    const speed = ({ bytes, microseconds }: (typeof arms)[number]) => bytes / microseconds / 1000;
    const copy = arms.find(({ name }) => name === "copy");
    return arms.map((arm) => [
      `${rows}x${columns}`,
      arm.name,
      arm.microseconds.toFixed(1),
      speed(arm).toFixed(0),
      copy === undefined ? "-" : `${Math.round((speed(arm) / speed(copy)) * 100)}%`,
    ]);
  });
  return formatTable(["tensor", "op", "us", "GB/s", "of copy"], rows);
}

/** Columns aligned on the right. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  return [head, ...rows].map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  ")).join("\n");
}
