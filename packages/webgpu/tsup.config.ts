import { library } from "../../tsup.base.ts";

// The bundler of declarations drops the reference; GPUDevice would be unknown where the DOM library is not used.
export default library(["src/index.ts"], { dts: { banner: '/// <reference types="@webgpu/types" />' } });
