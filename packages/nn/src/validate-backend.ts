import { OctetError, validateBackend } from "@octet/core";

/**
 * Checks that a layer was given a backend, for callers without a compiler.
 * @throws OctetError `ERR_UNAVAILABLE`
 */
export function validateLayerBackend(layer: string, options: { readonly backend?: unknown } | undefined): void {
  if (options?.backend != null) {
    validateBackend(options.backend as never);
    return;
  }
  const call = `new ${layer}(inFeatures, outFeatures, { backend })`;
  throw new OctetError(
    "ERR_UNAVAILABLE",
    `got no backend; make the layer with ${call}: createReferenceBackend() of @octet/core makes one`,
  );
}
