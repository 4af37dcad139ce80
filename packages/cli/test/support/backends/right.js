export { createReferenceBackend as default } from "@octet/core";
