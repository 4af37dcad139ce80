/** What a released addon may ask of a machine. A test and the release build hold it to this. */

/** The glibc that Node itself needs; RHEL 8 and Debian 10 have it. */
export const oldestGlibc = "2.28";

/** The newest version that the addon may ask of each library whose symbols have versions; of others, none. */
export const newestVersions: Readonly<Record<string, string>> = {
  GLIBC: oldestGlibc,
  // libgcc_s, which Node needs too: that of GCC 8, the compiler of those systems.
  GCC: "7.0.0",
};

/** Libraries that are wherever Node is. libcuda.so.1 is none of them: it is opened by name when a GPU is. */
export const systemLibraries: ReadonlySet<string> = new Set([
  "ld-linux-x86-64.so.2",
  "libc.so.6",
  "libdl.so.2",
  "libgcc_s.so.1",
  "libm.so.6",
  "libpthread.so.0",
  "librt.so.1",
]);

/** What npm takes without trouble, and what nobody minds to download. */
export const mostAddonBytes: number = 25e6;

/** The GPUs that a release holds machine code for, Ampere and later. */
export const machineCode: readonly string[] = ["80", "86", "89", "90", "90a", "100", "120"];

/** Those that it holds PTX for: what the driver compiles for GPUs between them, and for those to come. */
export const ptx: readonly string[] = ["90", "120"];

/** Both as CMake writes them. A letter belongs to few kernels, which CMakeLists.txt compiles by themselves. */
export function releaseArchitectures(): string {
  const common = machineCode.filter((name) => /^\d+$/.test(name));
  return common.map((name) => (ptx.includes(name) ? name : `${name}-real`)).join(";");
}

/** The order of versions such as "2.2.5" and "2.28". */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
