#include "fiber.h"

#if defined(__x86_64__) && defined(__linux__)
asm(R"(
.text
.globl octet_switch_fiber
.hidden octet_switch_fiber
.type octet_switch_fiber, @function
octet_switch_fiber:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size octet_switch_fiber, . - octet_switch_fiber
.section .note.GNU-stack,"",@progbits
.text
)");
#endif
