import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { browserAddress, findReleaseProblem, originOf } from "../../scripts/repository.ts";
import { publishedPackages, root } from "../support/workspace.ts";

const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");

describe("the origin of packages", () => {
  it.each(publishedPackages())("$manifest.name names the root's repository", ({ folder, manifest }) => {
    expect(manifest).toMatchObject(originOf(`packages/${folder}`));
  });

  it("comes from one address", () => {
    const origin = originOf("packages/core");
    const address = browserAddress(origin.repository.url);
    expect(origin.repository.url).toBe(`git+${address}.git`);
    expect(address).toMatch(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/);
    expect(origin).toMatchObject({
      homepage: `${address}/tree/main/packages/core#readme`,
      bugs: `${address}/issues`,
      repository: { directory: "packages/core" },
    });
  });

  it("must be the repository that a release runs in", () => {
    const path = new URL(browserAddress(originOf("packages/core").repository.url)).pathname.slice(1);
    expect(findReleaseProblem(path)).toBeUndefined();
    expect(findReleaseProblem("someone/else")).toMatch(/provenance/);
  });
});

describe("the release workflow", () => {
  it("publishes with GitHub's identity and holds no token of npm", () => {
    expect(workflow).toMatch(/^ +id-token: write\b/m);
    expect(workflow).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN|_authToken|registry-url/);
  });

  it("gives that identity to one job, which runs nothing but the release's own commands and pinned actions", () => {
    const [, ...jobs] = workflow.slice(workflow.indexOf("\njobs:")).split(/\n {2}(?=\w+:\n)/);
    const trusted = jobs.filter((job) => job.includes("id-token: write"));
    expect(trusted.map((job) => job.split(":")[0])).toEqual(["publish"]);
    const actions = [...trusted[0]!.matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
  });

  it("asks for provenance for every package", () => {
    for (const { manifest } of publishedPackages()) {
      expect(manifest.publishConfig, manifest.name).toMatchObject({ access: "public", provenance: true });
    }
  });
});
