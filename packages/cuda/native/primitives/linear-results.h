// Linear as a whole, over shapes with edges inside of every tile, on operands whose sums are exact in any order: what a GPU's kernels give
// must equal what the emulated ones give, whichever kernel it is.
#pragma once
#include <functional>

#include "operands.h"

namespace octet {

/** Runs every case and gives its name and the words of y. Ends the program where CUDA fails. */
void run_linear_cases(Operands& operands, const std::function<void(const char* name, const Words& y)>& give);

}  // namespace octet
