"""Times PyTorch on the shapes of octet_bench: float16, torch._int_mm with the weight as a view and as a matrix of its own, and
torch._weight_int8pack_mm where it runs on CUDA. Same method: weights rotate past the L2 cache, CUDA graphs of at least 20 launches,
arms taking turns, medians of at least 30. Needs torch alone.

    python3 torch-linear.py --out torch.json [--seconds 90]
"""

import argparse
import json
import math
import time

import torch

SHAPES = [(8192, 28672), (28672, 8192), (4096, 4096)]
ROWS = [1, 8, 16, 64, 256, 1024, 4096]
SAMPLES = 30


def capture(run, sets, launches):
    """A CUDA graph of `launches` calls of run(set)."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for i in range(3):
            run(i % sets)
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for i in range(launches):
            run(i % sets)
    return graph


def enqueue_timed(call):
    """Enqueues a call between two events, and waits for nothing."""
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    call()
    end.record()
    return start, end


def microseconds(events):
    start, end = events
    end.synchronize()
    return start.elapsed_time(end) * 1000


def time_arms(arms, sets):
    """Microseconds of one launch of each arm."""
    graphs = {}
    for name, run in arms.items():
        run(0)
        torch.cuda.synchronize()
        roughly = microseconds(enqueue_timed(lambda: [run(i % sets) for i in range(3)])) / 3
        launches = max(20, min(400, math.ceil(2000 / roughly)))
        graphs[name] = (capture(run, sets, launches), launches)
    for graph, _ in graphs.values():
        graph.replay()
    # Nobody waits in between: the host stays ahead of the device, so that what a launch costs the host is in no interval.
    intervals = {name: [] for name in arms}
    names = list(arms)
    for sample in range(SAMPLES):
        for turn in range(len(names)):
            name = names[(turn + sample) % len(names)]
            graph, _ = graphs[name]
            intervals[name].append(enqueue_timed(graph.replay))
    return {
        name: sorted(microseconds(events) for events in pairs)[len(pairs) // 2] / graphs[name][1]
        for name, pairs in intervals.items()
    }


def arms_of(m, n, k, codes, halves, scales, transposed, left_out):
    x = torch.rand(m, k, device="cuda", dtype=torch.float16) * 2 - 1
    x8 = torch.randint(-127, 128, (m, k), device="cuda", dtype=torch.int8)
    candidates = {
        "torch-float16": lambda i: torch.nn.functional.linear(x, halves[i]),
        "torch-int-mm": lambda i: torch._int_mm(x8, codes[i].t()),
        "torch-int-mm-row-major": lambda i: torch._int_mm(x8, transposed[i]),
        "torch-weight-int8pack-mm": lambda i: torch._weight_int8pack_mm(x, codes[i], scales[i]),
    }
    arms = {}
    for name, run in candidates.items():
        try:
            run(0)
            torch.cuda.synchronize()
            arms[name] = run
        except Exception as error:  # what PyTorch refuses, it refuses in many ways
            left_out.append(f"{name} at m={m} n={n} k={k}: {str(error).splitlines()[0][:160]}")
    return arms


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="torch.json")
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args()
    deadline = time.monotonic() + options.seconds
    torch.manual_seed(1)
    l2 = torch.cuda.get_device_properties(0).L2_cache_size
    rows, left_out = [], []
    for n, k in SHAPES:
        sets = max(4, math.ceil(3 * l2 / (n * k)))
        codes = [torch.randint(-127, 128, (n, k), device="cuda", dtype=torch.int8) for _ in range(sets)]
        halves = [(torch.rand(n, k, device="cuda", dtype=torch.float16) - 0.5) / math.sqrt(k) for _ in range(sets)]
        scales = [torch.rand(n, device="cuda", dtype=torch.float16) / 64 for _ in range(sets)]
        transposed = [weight.t().contiguous() for weight in codes]
        for m in ROWS:
            if time.monotonic() > deadline:
                left_out.append(f"m={m} n={n} k={k}: out of time")
                continue
            times = time_arms(arms_of(m, n, k, codes, halves, scales, transposed, left_out), sets)
            print(f"torch n={n} k={k} m={m} " + "  ".join(f"{name} {us:.1f}" for name, us in times.items()) + " us")
            arms = [{"name": name, "microseconds": us} for name, us in times.items()]
            rows.append({"n": n, "k": k, "m": m, "arms": arms})
        del codes, halves, scales, transposed
        torch.cuda.empty_cache()
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda, "device": torch.cuda.get_device_name(0)}
    with open(options.out, "w") as file:
        json.dump({"versions": versions, "linear": rows, "leftOut": left_out}, file)
    for line in left_out:
        print("left out:", line)


main()
