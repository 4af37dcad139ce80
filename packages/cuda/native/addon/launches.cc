// The ops of a device: fields of a call are checked against the sizes of the buffers before a kernel sees a pointer.
#include "../kernels/launch.h"
#include "arguments.h"
#include "device.h"

namespace octet {
namespace {

constexpr uint64_t fault_bytes = 16;
constexpr int64_t last_float_dtype = 2, last_dtype = 3;

LayoutArgument layout_of(const Napi::Object& call) {
  const LayoutArgument layout{integer_field(call, "outer"), integer_field(call, "channels"), integer_field(call, "inner")};
  product(product(uint64_t(layout.outer), uint64_t(layout.channels)), uint64_t(layout.inner));
  return layout;
}

uint64_t size_of(const LayoutArgument& layout) { return uint64_t(layout.outer) * uint64_t(layout.channels) * uint64_t(layout.inner); }

/** One of the 16-byte records of a buffer of faults. */
void* fault_of(const Napi::Object& call, const Context& context) {
  const int64_t index = integer_field(call, "faultIndex", 1 << 20);
  const Memory& faults = Buffer::memory_of(call.Get("faults"), context, product(uint64_t(index) + 1, fault_bytes), "faults");
  return static_cast<char*>(faults.data) + uint64_t(index) * fault_bytes;
}

/** A graph runs more than once: each run starts with a record that is clear. */
void* clear_fault(Context& context, void* fault) {
  if (context.capturing()) context.check(cudaMemsetAsync(fault, 0, fault_bytes, context.stream()), "clearing a record");
  return fault;
}

}  // namespace

Napi::Value Device::quantize(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, 0);
    const int64_t dtype = integer_field(call, "dtype", last_float_dtype);
    const LayoutArgument layout = layout_of(call);
    const Memory& x = Buffer::memory_of(call.Get("x"), *context_, size_of(layout) * element_bytes(dtype), "x");
    const Memory& codes = Buffer::memory_of(call.Get("codes"), *context_, size_of(layout), "codes");
    const Memory& scales = Buffer::memory_of(call.Get("scales"), *context_, product(uint64_t(layout.channels), 4), "scales");
    cudaStream_t stream = context_->stream();
    octet::quantize({{x.data, int(dtype)},
                     layout,
                     int(integer_field(call, "qmax", 32767)),
                     signed_field(call, "lowest"),
                     static_cast<int8_t*>(codes.data),
                     static_cast<float*>(scales.data),
                     clear_fault(*context_, fault_of(call, *context_))},
                    stream);
    context_->check_launch("quantize");
    return info.Env().Undefined();
  });
}

Napi::Value Device::dequantize(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, 0);
    const int64_t dtype = integer_field(call, "dtype", last_float_dtype);
    const LayoutArgument layout = layout_of(call);
    const Memory& codes = Buffer::memory_of(call.Get("codes"), *context_, size_of(layout), "codes");
    const Memory& scales = Buffer::memory_of(call.Get("scales"), *context_, product(uint64_t(layout.channels), 4), "scales");
    const Memory& y = Buffer::memory_of(call.Get("y"), *context_, size_of(layout) * element_bytes(dtype), "y");
    octet::dequantize({static_cast<const int8_t*>(codes.data), static_cast<const float*>(scales.data), layout, y.data, int(dtype)},
                      context_->stream());
    context_->check_launch("dequantize");
    return info.Env().Undefined();
  });
}

Napi::Value Device::activation(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, 0);
    const int64_t dtype = integer_field(call, "dtype", last_float_dtype), size = integer_field(call, "size");
    const uint64_t bytes = product(uint64_t(size), element_bytes(dtype));
    const Memory& x = Buffer::memory_of(call.Get("x"), *context_, bytes, "x");
    const Memory& y = Buffer::memory_of(call.Get("y"), *context_, bytes, "y");
    octet::activation({x.data, int(dtype)}, y.data, size, int(integer_field(call, "kind", 2)), context_->stream());
    context_->check_launch("activation");
    // An empty op launches nothing: what was enqueued last may have written codes.
    if (size != 0) context_->settle_codes();
    return info.Env().Undefined();
  });
}

Napi::Value Device::linear(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, 0);
    LinearCall linear{};
    linear.m = integer_field(call, "m");
    linear.n = integer_field(call, "n");
    linear.k = integer_field(call, "k", INT32_MAX - 256);
    const uint64_t m = uint64_t(linear.m), n = uint64_t(linear.n), k = uint64_t(linear.k);
    linear.x.dtype = int(integer_field(call, "xDType", last_float_dtype));
    linear.x.data = Buffer::memory_of(call.Get("x"), *context_, product(product(m, k), element_bytes(linear.x.dtype)), "x").data;
    linear.weight.dtype = int(integer_field(call, "weightDType", last_dtype));
    linear.weight.data =
        Buffer::memory_of(call.Get("weight"), *context_, product(product(n, k), element_bytes(linear.weight.dtype)), "weight").data;
    if (linear.weight.dtype == last_dtype) {
      linear.scale_count = integer_field(call, "scaleCount");
      linear.group = integer_field(call, "group", INT32_MAX);
      const bool grouped = linear.group != 0 && linear.group != linear.k;
      const int64_t wanted = grouped ? linear.n * (linear.k / linear.group) : linear.n;
      if ((linear.scale_count != 1 || grouped) && linear.scale_count != wanted) throw Failure{"", "scaleCount does not fit the weight"};
      linear.scales = static_cast<const float*>(
          Buffer::memory_of(call.Get("scales"), *context_, product(uint64_t(linear.scale_count), 4), "scales").data);
    }
    if (!call.Get("bias").IsUndefined()) {
      linear.bias.dtype = int(integer_field(call, "biasDType", last_float_dtype));
      linear.bias.data = Buffer::memory_of(call.Get("bias"), *context_, product(n, element_bytes(linear.bias.dtype)), "bias").data;
    }
    linear.dtype = int(integer_field(call, "dtype", last_float_dtype));
    linear.y = Buffer::memory_of(call.Get("y"), *context_, product(product(m, n), element_bytes(linear.dtype)), "y").data;
    linear.activation_bits = int(integer_field(call, "activationBits", 16));
    std::shared_ptr<Memory> workspace;
    if (linear.activation_bits != 0) {
      if (linear.weight.dtype != last_dtype || (linear.group != 0 && linear.group != linear.k) || linear.activation_bits % 8 != 0)
        throw Failure{"", "quantized activations of 8 or 16 bits take codes with a scale per row"};
      linear.fault = clear_fault(*context_, fault_of(call, *context_));
      workspace = context_->allocate(linear_workspace(linear.m, linear.k, linear.activation_bits));
      linear.workspace = workspace->data;
    }
    linear.early = context_->codes_settled();
    octet::linear(linear, context_->stream());
    context_->check_launch("linear");
    if (linear.m != 0 && linear.n != 0) context_->settle_codes();
    return info.Env().Undefined();
  });
}

}  // namespace octet
