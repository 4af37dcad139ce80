import { nonFinite, type OctetError } from "@octet/core";
import { dtypeCode } from "./dtype-code.ts";
import type { Kernel } from "./kernels.ts";
import { kernelNames } from "./kernels.ts";
import type { Source } from "./launches/plan.ts";
import { hostRecordAddress, recordWords } from "./layout.ts";

/** Finds the NaNs and infinities that a kernel has met, and names the first. */
export type NonFiniteScan = (source: Source & { readonly size: number }) => OctetError;

/** Scans on the calling thread: it happens once for an error, and the error needs the whole count. */
export function createNonFiniteScan(kernels: readonly Kernel[], memory: WebAssembly.Memory): NonFiniteScan {
  const scan = kernels[kernelNames.indexOf("countNonFinite")];
  const wordBytes = 4;
  return ({ address, size, dtype }) => {
    const record = new Uint32Array(memory.buffer, hostRecordAddress, recordWords);
    const result = recordWords - 2;
    record.set([address, size, dtypeCode[dtype], hostRecordAddress + result * wordBytes]);
    scan(hostRecordAddress, 0, 1, 0);
    return nonFinite(record[result], record[result + 1]);
  };
}
