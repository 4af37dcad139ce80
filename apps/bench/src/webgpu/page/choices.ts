import type { Shape } from "../../plan.ts";
import { hardwarePlan, quickPlan, softwarePlan, type WebGPUPlan } from "../plan.ts";

/** What the page offers, beside what plans have. */
const shapes: readonly Shape[] = [
  ...quickPlan.shapes,
  ...softwarePlan.shapes,
  [2048, 2048],
  ...hardwarePlan.shapes,
  [4096, 14336],
];
const rows: readonly number[] = [...hardwarePlan.rows, 512];

/** Check boxes for the shapes and rows of a plan, which are checked. */
export function showChoices(plan: WebGPUPlan, shapesElement: Element, rowsElement: Element): void {
  const chosen = plan.shapes.map(textOf);
  shapesElement.replaceChildren(...shapes.map((shape) => checkBox(textOf(shape), chosen.includes(textOf(shape)))));
  rowsElement.replaceChildren(...rows.map((count) => checkBox(String(count), plan.rows.includes(count))));
}

/** The plan with what is checked now; matrices are quantized in the first of the shapes. */
export function readChoices(plan: WebGPUPlan, shapesElement: Element, rowsElement: Element): WebGPUPlan {
  const chosen = shapes.filter((shape) => checked(shapesElement).includes(textOf(shape)));
  return {
    ...plan,
    shapes: chosen,
    rows: checked(rowsElement).map(Number),
    quantizeShape: chosen[0] ?? plan.quantizeShape,
  };
}

const textOf = ([outFeatures, inFeatures]: Shape): string => `${outFeatures}x${inFeatures}`;

function checkBox(value: string, checked: boolean): HTMLLabelElement {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "checkbox", value, checked });
  label.append(input, ` ${value} `);
  return label;
}

const checked = (element: Element): string[] =>
  [...element.querySelectorAll("input")].filter((input) => input.checked).map(({ value }) => value);
