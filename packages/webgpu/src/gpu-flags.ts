/**
 * The flags of the WebGPU specification ("GPUBufferUsage", "GPUMapMode"), as numbers: Node has no globals of these names, and not every
 * library of types knows them.
 */
export const bufferUsage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const;

export const mapModeRead = 0x1;
