import { OctetError } from "@octet/core";

export default function createRefusingBackend() {
  throw new OctetError("ERR_UNAVAILABLE", "there is no such device");
}
