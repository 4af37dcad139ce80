export { type FileSink, fileSink } from "./node/file-sink.ts";
export { fileSource } from "./node/file-source.ts";
