export { type FileSink, type FileSinkOptions, fileSink } from "./node/file-sink.ts";
export { fileSource } from "./node/file-source.ts";
export { readRegularFile } from "./node/read-regular-file.ts";
