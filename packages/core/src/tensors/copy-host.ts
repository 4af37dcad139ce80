import { type HostQuantizedTensor, isHostQuantizedTensor } from "./host-quantized-tensor.ts";
import type { HostTensor } from "./host-tensor.ts";
import { type HostRowCodes, isHostRowCodes } from "./row-codes.ts";

/** A copy that shares no data. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function copyHost<Host extends HostTensor | HostQuantizedTensor | HostRowCodes>(host: Host): Host {
  return copyOf(host) as Host;
}

function copyOf(host: HostTensor | HostQuantizedTensor | HostRowCodes): typeof host {
  if (isHostRowCodes(host)) return { ...host, codes: host.codes.copy(), scale: host.scale.copy() };
  if (!isHostQuantizedTensor(host)) return (host as HostTensor).copy();
  const { quantized, scale, granularity, bits } = host as HostQuantizedTensor;
  return { quantized: quantized.copy(), scale: scale.copy(), granularity, bits };
}
