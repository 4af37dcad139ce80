import { type Backend, dequantize, type HostTensor, hostTensor, linear, quantize } from "@octet/core";
import { formatCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkSameTensor } from "../../checks/compare.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { disposeByUsing, disposeTwice, memoryCounts } from "../handle-promises.ts";
import { plainMatrix, plainQuantization } from "../plain-data.ts";
import { layerCalls, promiseCase } from "../promise-case.ts";
import { sampleTensors } from "../sample-tensors.ts";
import { backendDisposalCases } from "./lifetime-backend.ts";
import { pendingCases } from "./lifetime-pending.ts";

/** What a backend says of itself, and how tensors live and end. */
export function lifetimeCases(): ConformanceCase[] {
  return [
    promiseCase("lifetime", "info", [], async ({ backend }) => checkInfo(backend), []),
    promiseCase("lifetime", "memory-counts-every-tensor", ["wrong-memory"], memoryCounts(sampleTensors), []),
    promiseCase("lifetime", "dispose-twice", ["second-dispose-throws"], disposeTwice(sampleTensors), []),
    promiseCase("lifetime", "dispose-by-using", [], disposeByUsing(sampleTensors), []),
    promiseCase("lifetime", "disposing-leaves-others", [], disposeBetweenOthers, []),
    promiseCase("lifetime", "a-thousand-ops-leak-nothing", ["leak", "consumed-input", "reduced-dim"], thousandOps),
    promiseCase("lifetime", "prepare", [], prepareOps),
    ...pendingCases(),
    ...backendDisposalCases(),
  ];
}

function checkInfo(backend: Backend): void {
  const { name, device, apiVersion, maxTensorBytes, features, composed } = backend.info;
  check(typeof name === "string" && name.length > 0, `info.name is ${JSON.stringify(name)}; use a name`);
  check(
    typeof device === "string" && device.length > 0,
    `info.device is ${JSON.stringify(device)}; say what the ops run on`,
  );
  check(apiVersion === 2, `info.apiVersion is ${apiVersion}; this suite checks version 2`);
  check(
    Number.isSafeInteger(maxTensorBytes) && maxTensorBytes > 0,
    `info.maxTensorBytes is ${maxTensorBytes}; use a whole number of bytes`,
  );
  check(
    Array.isArray(features) && features.every((feature) => typeof feature === "string"),
    `info.features is ${JSON.stringify(features)}; use a list of strings`,
  );
  check(
    Array.isArray(composed) && composed.every((op) => typeof op === "string"),
    `info.composed is ${JSON.stringify(composed)}; list the names of fused ops that run as their parts`,
  );
  check(backend.disposed === false, "a new backend says that it is disposed");
  for (const call of layerCalls) {
    const answer = backend.supports(call.op, call.inputs, call.params);
    check(answer === true, `supports() is not true for ${formatCall(call)}, which every backend supports`);
  }
}

/** Equal data in tensors of equal size, one of them disposed and its place taken by another. */
async function disposeBetweenOthers({ backend }: { readonly backend: Backend }): Promise<void> {
  await keepTensors(async (keep) => {
    const hosts = [1, 1, 1, 2].map((value): HostTensor<"int32"> => {
      return hostTensor("int32", [100], new Int32Array(100).fill(value));
    });
    const [first, second, third] = hosts.slice(0, 3).map((host) => keep(backend.upload(host)));
    second.dispose();
    const fourth = keep(backend.upload(hosts[3]));
    checkSameTensor(await backend.download(first), hosts[0], "the tensor before the disposed one");
    checkSameTensor(await backend.download(third), hosts[2], "the tensor after the disposed one");
    checkSameTensor(await backend.download(fourth), hosts[3], "the tensor made after disposing");
  });
}

async function thousandOps({ backend }: { readonly backend: Backend }): Promise<void> {
  const before = backend.memory();
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix()));
    for (let round = 0; round < 334; round++) {
      const quantized = quantize(x, plainQuantization);
      const floats = dequantize(quantized, { dtype: "float32" });
      const product = linear(floats, quantized);
      for (const tensor of [quantized, floats, product]) tensor.dispose();
      if (round % 50 === 0) await backend.sync();
    }
  });
  await backend.sync();
  checkMemory(backend, before, []);
}

async function prepareOps({ backend }: { readonly backend: Backend }): Promise<void> {
  const before = backend.memory();
  await backend.prepare?.(layerCalls);
  await backend.prepare?.([]);
  checkMemory(backend, before, []);
}
