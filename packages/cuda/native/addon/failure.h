// Errors on their way to JavaScript: an OctetError's code, and a message for people.
#pragma once
#include <napi.h>

#include <string>

#include "platform.h"

namespace octet {

struct Failure {
  /** A code of OctetError; empty for a wrong call, which is a bug of the caller. */
  std::string code;
  std::string message;

  Napi::Value to_value(Napi::Env env) const;
};

/** What a return code of CUDA's means. `doing` says what was tried. */
Failure failure_of(cudaError_t error, const std::string& doing);

/** Runs a function of the addon: a Failure that it throws becomes an exception of JavaScript. */
template <class Body>
Napi::Value guarded(Napi::Env env, Body body) {
  try {
    return body();
  } catch (const Failure& failure) {
    throw Napi::Error(env, failure.to_value(env));
  } catch (const std::bad_alloc&) {
    throw Napi::Error(env, Failure{"ERR_OUT_OF_MEMORY", "the host is out of memory"}.to_value(env));
  }
}

}  // namespace octet
