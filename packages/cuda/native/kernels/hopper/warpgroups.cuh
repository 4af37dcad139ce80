// What Hopper's warpgroups (four warps) multiply: operand A [64 x K] in shared memory or in registers, B [N x K] in shared memory, sums
// [64 x N] in registers (PTX ISA, "wgmma"). Compiled for compute capability 9.0a alone, and not emulated.
//
// In shared memory an operand has rows of 128 bytes along K; the 16-byte piece p of row r lies at place p ^ (r % 8) of its row ("128-byte
// swizzle"), and eight rows start on 1024 bytes. One operation takes 32 bytes of each row. With group = lane / 4 and t = lane % 4, sum
// 4 * j + r of a lane is at row 16 * (warp % 4) + group + 8 * (r / 2), column 8 * j + 2 * t + r % 2. In registers, words a0 and a2 are of
// row group, a1 and a3 of row group + 8: a0 and a1 hold places 2 * t and 2 * t + 1 along K, a2 and a3 places 2 * t + 8 and 2 * t + 9.
#pragma once
#include "../linear/linear-kinds.cuh"

namespace octet {

/** Names an operand in shared memory: address, 1024 bytes between groups of eight rows, swizzle of 128 bytes. */
__device__ __forceinline__ uint64_t describe_operand(uint32_t address) {
  return uint64_t((address & 0x3FFFF) >> 4) | (uint64_t(1) << 16) | (uint64_t(64) << 32) | (uint64_t(1) << 62);
}

/** Between writing registers and the first operation that takes them. */
__device__ __forceinline__ void warpgroup_begin() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void warpgroup_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
/** Waits until no more than PENDING groups of operations are on their way. */
template <int PENDING>
__device__ __forceinline__ void warpgroup_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
}
/** Keeps the compiler from touching sums before this place: it does not know that operations under way still write them. */
template <int COUNT>
__device__ __forceinline__ void hold_sums(float (&sums)[COUNT]) {
#pragma unroll
  for (int i = 0; i < COUNT; i++) asm volatile("" : "+f"(sums[i])::"memory");
}
template <int COUNT>
__device__ __forceinline__ void hold_sums(int32_t (&sums)[COUNT]) {
#pragma unroll
  for (int i = 0; i < COUNT; i++) asm volatile("" : "+r"(sums[i])::"memory");
}
/** Takes registers from the pool of the block, or leaves some to it. Each warp of a warpgroup calls it. */
template <int REGISTERS>
__device__ __forceinline__ void take_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(REGISTERS));
}
template <int REGISTERS>
__device__ __forceinline__ void leave_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(REGISTERS));
}

#define OCTET_REGISTERS_16 "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15"
#define OCTET_REGISTERS_32 OCTET_REGISTERS_16 ",%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31"
#define OCTET_REGISTERS_64                                                                                               \
  OCTET_REGISTERS_32 ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55," \
                     "%56,%57,%58,%59,%60,%61,%62,%63"
#define OCTET_REGISTERS_128                                                                                                  \
  OCTET_REGISTERS_64 ",%64,%65,%66,%67,%68,%69,%70,%71,%72,%73,%74,%75,%76,%77,%78,%79,%80,%81,%82,%83,%84,%85,%86,%87,"     \
                     "%88,%89,%90,%91,%92,%93,%94,%95,%96,%97,%98,%99,%100,%101,%102,%103,%104,%105,%106,%107,%108,%109,"     \
                     "%110,%111,%112,%113,%114,%115,%116,%117,%118,%119,%120,%121,%122,%123,%124,%125,%126,%127"
#define OCTET_SUMS_4(c, i) c(d[i]), c(d[i + 1]), c(d[i + 2]), c(d[i + 3])
#define OCTET_SUMS_16_AT(c, i) OCTET_SUMS_4(c, i), OCTET_SUMS_4(c, i + 4), OCTET_SUMS_4(c, i + 8), OCTET_SUMS_4(c, i + 12)
#define OCTET_SUMS_16(c) OCTET_SUMS_16_AT(c, 0)
#define OCTET_SUMS_32(c) OCTET_SUMS_16(c), OCTET_SUMS_16_AT(c, 16)
#define OCTET_SUMS_64(c) OCTET_SUMS_32(c), OCTET_SUMS_16_AT(c, 32), OCTET_SUMS_16_AT(c, 48)
#define OCTET_SUMS_128(c) OCTET_SUMS_64(c), OCTET_SUMS_16_AT(c, 64), OCTET_SUMS_16_AT(c, 80), OCTET_SUMS_16_AT(c, 96), OCTET_SUMS_16_AT(c, 112)

/** Both operands in shared memory. `a`, `b`, `p`: the operands' numbers, after those of the sums. */
#define OCTET_MULTIPLY_SHARED(name, Sum, c, count, form, a, b, p, tail)                                              \
  __device__ __forceinline__ void name(Sum(&d)[count], uint64_t left, uint64_t right) {                              \
    asm volatile("{.reg .pred p; setp.ne.b32 p, " p ", 0; wgmma.mma_async.sync.aligned." form                        \
                 " {" OCTET_REGISTERS_##count "}, " a ", " b ", p" tail ";}"                                         \
                 : OCTET_SUMS_##count(c)                                                                             \
                 : "l"(left), "l"(right), "r"(1));                                                                   \
  }
/** Operand A in registers. */
#define OCTET_MULTIPLY_REGISTERS(name, count, form, a0, a1, a2, a3, b, p)                                            \
  __device__ __forceinline__ void name(float(&d)[count], const uint32_t(&left)[4], uint64_t right) {                 \
    asm volatile("{.reg .pred p; setp.ne.b32 p, " p ", 0; wgmma.mma_async.sync.aligned." form                        \
                 " {" OCTET_REGISTERS_##count "}, {" a0 "," a1 "," a2 "," a3 "}, " b ", p, 1, 1, 0;}"                \
                 : OCTET_SUMS_##count("+f")                                                                          \
                 : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "l"(right), "r"(1));                      \
  }
/** One size for every kind of operands. */
#define OCTET_MULTIPLY(count, columns, n0, n1, n2, n3, n4, n5)                                                                          \
  OCTET_MULTIPLY_SHARED(warpgroup_f16, float, "+f", count, "m64n" columns "k16.f32.f16.f16", n0, n1, n2, ", 1, 1, 0, 0")                \
  OCTET_MULTIPLY_SHARED(warpgroup_bf16, float, "+f", count, "m64n" columns "k16.f32.bf16.bf16", n0, n1, n2, ", 1, 1, 0, 0")             \
  OCTET_MULTIPLY_SHARED(warpgroup_s8, int32_t, "+r", count, "m64n" columns "k32.s32.s8.s8", n0, n1, n2, "")                             \
  OCTET_MULTIPLY_REGISTERS(warpgroup_f16, count, "m64n" columns "k16.f32.f16.f16", n0, n1, n2, n3, n4, n5)                              \
  OCTET_MULTIPLY_REGISTERS(warpgroup_bf16, count, "m64n" columns "k16.f32.bf16.bf16", n0, n1, n2, n3, n4, n5)

OCTET_MULTIPLY(16, "32", "%16", "%17", "%18", "%19", "%20", "%21")
OCTET_MULTIPLY(32, "64", "%32", "%33", "%34", "%35", "%36", "%37")
OCTET_MULTIPLY(64, "128", "%64", "%65", "%66", "%67", "%68", "%69")
OCTET_MULTIPLY(128, "256", "%128", "%129", "%130", "%131", "%132", "%133")

}  // namespace octet
