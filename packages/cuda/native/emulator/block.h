// Runs the threads of one block at a time, each on a fiber, and watches how they meet.
//
// Found: barriers that only some threads reach, warp operations with absent lanes, shared memory written past its end, and, because
// shared memory starts as NaN and asynchronous copies land at either extreme (Settings::early_copies), most missing barriers and waits.
// Not found: what needs two blocks at once, bank conflicts, and what only clocks, caches or registers decide.
#pragma once
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "fiber.h"
#include "vector_types.h"

namespace emulator {

/** How kernels are run. Another seed is another order of threads; 0 is the order of their indices. */
struct Settings {
  uint32_t seed = 0;
  /** An asynchronous copy may land at any moment between its issue and its wait. true: at issue; false: at the wait. */
  bool early_copies = false;
};

/** The settings of the calling operating-system thread. */
Settings& settings();

/** An asynchronous copy that has not landed. */
struct PendingCopy {
  void* target;
  const void* source;
  uint32_t bytes;
  uint32_t group;
};

enum class State : uint8_t { ready, at_barrier, in_warp_operation, done };

struct Thread {
  Fiber fiber;
  State state;
  dim3 index;
  /** The source line of the barrier that it waits at. */
  int line;
  const char* operation;
  uint32_t mask;
  void* argument;
  std::vector<PendingCopy> copies;
  uint32_t copy_group;
};

/** The block that the calling operating-system thread is running. */
struct Block {
  dim3 grid, block, index;
  Thread* current = nullptr;
  std::vector<Thread> threads;
  Fiber scheduler;
  std::function<void()> body;
  std::string error;
  unsigned char* shared = nullptr;
  size_t shared_bytes = 0;
};

extern thread_local Block* active;

/** Runs a kernel to its end. Returns what went wrong, or an empty string. */
std::string run_grid(dim3 grid, dim3 block, size_t shared_bytes, std::function<void()> body);

/** Ends the kernel with an error. The calling fiber never runs again. */
[[noreturn]] void fail(const std::string& message);

void barrier(int line);

/** The last lane of `mask` to arrive runs `finish(arguments, context)` for all; `arguments` is null for lanes outside the mask. */
void warp_operation(uint32_t mask, const char* name, void* argument, void (*finish)(void** arguments));

inline int lane() { return int((active->current - active->threads.data()) & 31); }

}  // namespace emulator
