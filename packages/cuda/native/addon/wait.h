// Waiting for the device without blocking the event loop: a thread of libuv's pool waits, a promise settles.
#pragma once
#include <napi.h>

#include <memory>

#include "context.h"

namespace octet {

/**
 * Resolves when everything enqueued so far has run: to a copy of the first `bytes` of `source`, or to undefined without one. The copy
 * into pinned memory is enqueued now, so what is enqueued later does not show in it.
 */
Napi::Value wait_for_device(Napi::Env env, std::shared_ptr<Context> context, std::shared_ptr<Memory> source, size_t bytes);

}  // namespace octet
