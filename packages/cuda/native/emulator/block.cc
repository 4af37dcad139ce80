#include "block.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>

namespace emulator {

thread_local Block* active = nullptr;

Settings& settings() {
  static thread_local Settings value;
  return value;
}

namespace {

constexpr size_t stack_bytes = 32 << 10;
constexpr size_t guard_bytes = 64;
constexpr unsigned char guard_byte = 0xA5;

std::string place(const Block& block) {
  return " (block " + std::to_string(block.index.x) + "," + std::to_string(block.index.y) + "," +
         std::to_string(block.index.z) + ")";
}

void leave() { active->current->fiber.switch_to(active->scheduler); }

void enter_thread() {
  active->body();
  active->current->state = State::done;
  leave();
  abort();
}

/** What is wrong when no thread can run: all must be done, or all at one barrier. */
std::string stuck(const Block& block) {
  size_t done = 0, waiting = 0;
  for (const Thread& thread : block.threads) {
    done += thread.state == State::done;
    waiting += thread.state == State::at_barrier;
    if (thread.state == State::in_warp_operation)
      return std::string(thread.operation) + " waits for lanes that never come" + place(block);
  }
  if (waiting != block.threads.size())
    return "a barrier is reached by " + std::to_string(waiting) + " of " + std::to_string(block.threads.size()) +
           " threads, " + std::to_string(done) + " have ended" + place(block);
  for (const Thread& thread : block.threads)
    if (thread.line != block.threads[0].line) return "threads wait at barriers of different lines" + place(block);
  return "";
}

void run_block(Block& block, char* stacks, std::vector<int>& order) {
  const size_t count = block.threads.size();
  for (size_t i = 0; i < count; i++) {
    Thread& thread = block.threads[i];
    thread.fiber.prepare(stacks + i * stack_bytes, stack_bytes, enter_thread);
    thread.state = State::ready;
    thread.index = dim3(i % block.block.x, i / block.block.x % block.block.y, i / (block.block.x * block.block.y));
    thread.copies.clear();
    thread.copy_group = 0;
  }
  const uint32_t seed = settings().seed;
  std::mt19937 random(seed ^ (block.index.x * 2654435761u) ^ (block.index.y * 40503u));
  for (;;) {
    bool progress = false;
    size_t done = 0;
    if (seed != 0) std::shuffle(order.begin(), order.end(), random);
    for (int i : order) {
      Thread& thread = block.threads[size_t(i)];
      while (thread.state == State::ready) {
        progress = true;
        block.current = &thread;
        block.scheduler.switch_to(thread.fiber);
        if (!block.error.empty()) return;
      }
      done += thread.state == State::done;
    }
    if (done == count) return;
    if (progress) continue;
    block.error = stuck(block);
    if (!block.error.empty()) return;
    for (Thread& thread : block.threads) thread.state = State::ready;
  }
}

}  // namespace

void fail(const std::string& message) {
  const dim3 thread = active->current->index;
  if (active->error.empty())
    active->error = message + " in thread " + std::to_string(thread.x) + "," + std::to_string(thread.y) + place(*active);
  leave();
  abort();
}

void barrier(int line) {
  active->current->line = line;
  active->current->state = State::at_barrier;
  leave();
}

void warp_operation(uint32_t mask, const char* name, void* argument, void (*finish)(void**)) {
  Block& block = *active;
  Thread& self = *block.current;
  const size_t first = size_t(&self - block.threads.data()) & ~size_t(31);
  if (!(mask >> lane() & 1)) fail(std::string(name) + ": the calling lane is not in its own mask");
  self.mask = mask;
  self.operation = name;
  self.argument = argument;
  self.state = State::in_warp_operation;
  void* arguments[32] = {};
  for (size_t l = 0; l < 32; l++) {
    if (!(mask >> l & 1)) continue;
    if (first + l >= block.threads.size()) fail(std::string(name) + ": the mask names a lane past the end of the block");
    const Thread& other = block.threads[first + l];
    if (other.state != State::in_warp_operation || other.mask != mask || other.operation != name) {
      leave();
      return;
    }
    arguments[l] = other.argument;
  }
  finish(arguments);
  for (size_t l = 0; l < 32; l++)
    if (mask >> l & 1) block.threads[first + l].state = State::ready;
}

std::string run_grid(dim3 grid, dim3 threads, size_t shared_bytes, std::function<void()> body) {
  const size_t count = size_t(threads.x) * threads.y * threads.z;
  if (count == 0 || count > 1024) return "a block of " + std::to_string(count) + " threads was asked for; 1 to 1024 fit";
  if (grid.y > 65535 || grid.z > 65535 || grid.x > 0x7fffffff || grid.x * grid.y * grid.z == 0)
    return "the grid is outside the limits of a device";
  // Stacks and threads are kept from launch to launch: making them anew costs more than most kernels.
  static thread_local std::unique_ptr<char[]> stacks(new char[1024 * stack_bytes]);
  static thread_local Block block;
  Block& b = block;
  b.grid = grid;
  b.block = threads;
  b.body = std::move(body);
  b.error.clear();
  b.threads.resize(count);
  std::vector<int> order(count);
  for (size_t i = 0; i < count; i++) order[i] = int(i);
  void* memory = nullptr;
  if (posix_memalign(&memory, 128, shared_bytes + guard_bytes) != 0) return "out of memory for shared memory";
  std::unique_ptr<void, void (*)(void*)> owner(memory, free);
  b.shared = static_cast<unsigned char*>(memory);
  b.shared_bytes = shared_bytes;
  active = &b;
  for (unsigned z = 0; z < grid.z; z++)
    for (unsigned y = 0; y < grid.y; y++)
      for (unsigned x = 0; x < grid.x; x++) {
        b.index = dim3(x, y, z);
        memset(b.shared, 0xFF, shared_bytes);
        memset(b.shared + shared_bytes, guard_byte, guard_bytes);
        run_block(b, stacks.get(), order);
        for (size_t i = 0; b.error.empty() && i < guard_bytes; i++)
          if (b.shared[shared_bytes + i] != guard_byte)
            b.error = "a write past the end of shared memory" + place(b);
        if (!b.error.empty()) return b.error;
      }
  return "";
}

}  // namespace emulator
