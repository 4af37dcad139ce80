// Waiting for the device without blocking the event loop: a thread of libuv's pool waits, a promise settles.
#pragma once
#include <napi.h>

#include <memory>

#include "context.h"

namespace octet {

/** Bytes on the device. */
struct Source {
  std::shared_ptr<Memory> memory;
  size_t offset = 0, bytes = 0;
  /** Whether launches to come may write to them. */
  bool changes = false;

  const void* start() const { return static_cast<const char*>(memory->data) + offset; }
};

/**
 * Resolves when everything enqueued so far has run: to a copy of the source, or to undefined without one. A small copy is enqueued now,
 * through staging; a large one, or one that finds none left, is made piece by piece by the thread that waits. So nothing may write to the
 * source until then, unless it is said to change: then those pieces are of a copy on the device, enqueued now.
 */
Napi::Value wait_for_device(Napi::Env env, std::shared_ptr<Context> context, Source source);

}  // namespace octet
