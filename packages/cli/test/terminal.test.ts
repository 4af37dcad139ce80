import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, expect } from "vitest";
import { randomTensor, temporaryFolder, writeTensors } from "./support/model.ts";
import { it, plainEnvironment, waitFor } from "./support/octet.ts";

// Runs its arguments on a terminal of 80 columns and passes on what they print there.
const onTerminal = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const python = process.platform !== "win32" && spawnSync("python3", ["-c", "import pty"]).status === 0;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  const name = `model.${"a_block_with_a_long_name.".repeat(3)}weight`;
  const layers = Array.from({ length: 4 }, (_, layer) => randomTensor(`layers.${layer}.${name}`, [512, 1024], layer));
  file = await writeTensors(join(folder, "input.safetensors"), layers);
});

it("shows a progress bar on a terminal, takes it away, and fits the table", async ({ octet, skip }) => {
  if (!python) skip("python3, which makes the terminal, is not here");
  const args = [...octet.argv, "quantize", file, "-o", join(folder, "terminal.safetensors")];
  const env = { ...plainEnvironment(), TERM: "xterm-256color" };
  const { exitCode, stdout } = await waitFor(spawn("python3", ["-c", onTerminal, ...args], { env }));
  expect(exitCode).toBe(0);
  const drawn = stdout.split("\u001b[1G").map(stripVTControlCharacters); // the bar begins at the start of the line each time
  const bars = drawn.filter((text) => /^[█░]{20} +\d+%/.test(text));
  expect(bars.length).toBeGreaterThan(1);
  expect(Math.max(...bars.map((line) => line.length))).toBeLessThan(80);
  expect(stdout).not.toContain("\u001b[?"); // no mode of the terminal is changed that a killed process would leave behind
  const table = stripVTControlCharacters(stdout).match(/layer +dtype.*?\r\n\r\n/s)![0];
  expect(table).not.toMatch(/[█░]/);
  const lines = table.split("\r\n");
  expect(Math.max(...lines.map((line) => line.length))).toBe(80);
  expect(lines[2]).toMatch(/^layers\.0.*….*long_name +float32 +512×1024 /);
});

it("shows none in a pipe", async ({ octet }) => {
  const { exitCode, stdout, stderr } = await octet.run(["quantize", file, "-o", join(folder, "pipe.safetensors")]);
  expect(exitCode).toBe(0);
  expect(stdout + stderr).not.toMatch(/[█░]/);
});
