import { copyData } from "./dtype.ts";
import { type HostQuantizedTensor, isHostQuantizedTensor } from "./host-quantized-tensor.ts";
import { HostTensor } from "./host-tensor.ts";
import { type HostRowCodes, isHostRowCodes } from "./row-codes.ts";

/** A copy that shares no data. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function copyHost<Host extends HostTensor | HostQuantizedTensor | HostRowCodes>(host: Host): Host {
  return copyOf(host) as Host;
}

function copyOf(host: HostTensor | HostQuantizedTensor | HostRowCodes): typeof host {
  if (isHostRowCodes(host)) return { ...host, codes: copyTensor(host.codes), scale: copyTensor(host.scale) };
  if (!isHostQuantizedTensor(host)) return copyTensor(host);
  const { quantized, scale, granularity, bits } = host as HostQuantizedTensor;
  return { quantized: copyTensor(quantized), scale: copyTensor(scale), granularity, bits };
}

function copyTensor<Host extends HostTensor>({ dtype, shape, data }: Host): Host {
  return new HostTensor(dtype, shape, copyData(dtype, data)) as Host;
}
