import { measure } from "../measure.ts";
import { choosePlan } from "../plan.ts";
import { openSharedDevice } from "../shared-device.ts";
import type { PageFunctions } from "./page-functions.ts";
import { settle } from "./settle.ts";

const functions: PageFunctions = {
  async measureOnPage(request) {
    const shared = await openSharedDevice(navigator.gpu);
    const { onStep } = globalThis as unknown as { onStep: (text: string, done: number) => Promise<void> };
    return await measure(shared, choosePlan(request, shared.adapter), { name: navigator.userAgent, settle, onStep });
  },
};
Object.assign(globalThis, functions);
