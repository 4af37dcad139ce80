// Packages that are loaded when they are installed and never needed to compile. The loader checks what they export.
declare module "@octet/cuda";
declare module "@octet/webgpu";
