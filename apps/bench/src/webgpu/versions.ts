import manifest from "../../package.json" with { type: "json" };

const peers = ["onnxruntime-web", "@tensorflow/tfjs-backend-webgpu"] as const;

/** As pinned in the manifest: exact versions, by npm name. */
export const versionsOfPeers: Readonly<Record<string, string>> = Object.fromEntries(
  peers.map((name) => [name, manifest.dependencies[name]]),
);
