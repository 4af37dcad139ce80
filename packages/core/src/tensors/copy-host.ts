import { type HostRowCodes, isHostRowCodes } from "./row-codes.ts";
import { type HostQuantizedTensor, type HostTensor, isHostQuantizedTensor } from "./tensor.ts";

/** A copy that shares no data. */
export function copyHost<Host extends HostTensor | HostQuantizedTensor | HostRowCodes>(host: Host): Host;
export function copyHost(
  host: HostTensor | HostQuantizedTensor | HostRowCodes,
): HostTensor | HostQuantizedTensor | HostRowCodes {
  if (isHostQuantizedTensor(host)) {
    const { quantized, scale, granularity } = host;
    return { ...host, quantized: copyTensor(quantized), scale: copyTensor(scale), granularity: { ...granularity } };
  }
  if (isHostRowCodes(host)) return { ...host, codes: copyTensor(host.codes), scale: copyTensor(host.scale) };
  return copyTensor(host);
}

function copyTensor<Host extends HostTensor>(host: Host): Host {
  return { ...host, shape: [...host.shape], data: host.data.slice() };
}
