// A stack of its own for each emulated thread, and the switch from one to another.
#pragma once
#if defined(__x86_64__) && defined(__linux__)
// Saves the registers that the ABI asks a callee to keep; nothing else lives across a call.
extern "C" void octet_switch_fiber(void** save_stack_pointer, void* load_stack_pointer);
#else
#include <ucontext.h>
#endif
#include <cstddef>
#include <cstdint>

namespace emulator {

class Fiber {
 public:
  /** Prepares `entry` to run on `stack` at the first resume. It must never return: it ends in a last switch. */
  void prepare(void* stack, size_t bytes, void (*entry)()) {
#if defined(__x86_64__) && defined(__linux__)
    auto top = reinterpret_cast<uintptr_t>(stack) + bytes;
    auto** slot = reinterpret_cast<void**>(top & ~uintptr_t(15));
    *--slot = nullptr;                          // keeps the stack aligned as after a call
    *--slot = reinterpret_cast<void*>(entry);   // where the first switch returns to
    for (int saved = 0; saved < 6; saved++) *--slot = nullptr;
    pointer_ = slot;
#else
    getcontext(&context_);
    context_.uc_stack.ss_sp = stack;
    context_.uc_stack.ss_size = bytes;
    context_.uc_link = nullptr;
    makecontext(&context_, entry, 0);
#endif
  }

  /** Leaves this fiber, which is running, for another. */
  void switch_to(Fiber& other) {
#if defined(__x86_64__) && defined(__linux__)
    octet_switch_fiber(&pointer_, other.pointer_);
#else
    swapcontext(&context_, &other.context_);
#endif
  }

 private:
#if defined(__x86_64__) && defined(__linux__)
  void* pointer_ = nullptr;
#else
  ucontext_t context_;
#endif
};

}  // namespace emulator
