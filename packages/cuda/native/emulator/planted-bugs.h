// A kernel with one known bug at a time, to show that the emulator finds it.
#pragma once
#include <string>

namespace emulator {

/**
 * "none", "missing-barrier", "divergent-barrier", "missing-wait", "missing-reuse-barrier", "out-of-bounds-write" or
 * "uninitialised-read". Returns what was found, or an empty string.
 */
std::string run_planted_bug(const std::string& name);

}  // namespace emulator
