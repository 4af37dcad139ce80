/** The arm that others are compared with. */
export const octetQuantizeId = "octet-webgpu";
