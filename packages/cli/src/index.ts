/** The types of what `octet ... --json` prints. The command itself is the bin of this package. */
export type {
  BackendJson,
  BackendsJson,
  CompareJson,
  ConformanceJson,
  InspectJson,
  KeptTensorJson,
  LayerJson,
  QuantizeJson,
  RejectedBackendJson,
  ReportJson,
  TotalsJson,
} from "./json.ts";
