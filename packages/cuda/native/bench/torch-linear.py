"""Times PyTorch on the shapes of octet_bench: float16, torch._int_mm with the weight as a view and as a matrix of its own, and
torch._weight_int8pack_mm where it runs on CUDA. Same method: weights rotate past the L2 cache, CUDA graphs of at least 20 launches,
arms taking turns, medians of 30. An arm has half a second in a cell: where that is short, its graphs have fewer launches, and a call of
more than 4 ms is timed once, without a graph; the JSON says how many samples and launches each time is from. Needs torch alone.

    python3 torch-linear.py --out torch.json [--seconds 60]
"""

import argparse
import json
import math
import time

import torch

SHAPES = [(8192, 28672), (28672, 8192), (4096, 4096)]
ROWS = [1, 8, 16, 64, 256, 1024, 4096]
SAMPLES = 30
LAUNCHES = 20  # in a graph, where time allows
FEWEST_LAUNCHES = 4
ARM_MICROSECONDS = 500_000  # of one arm in one cell


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


def launches_within_limit(roughly):
    """Launches in each graph of a call that takes `roughly` microseconds; 0 where it is too slow for graphs."""
    affordable = int(ARM_MICROSECONDS / (SAMPLES + 1) / roughly)
    if affordable < FEWEST_LAUNCHES:
        return 0
    return min(affordable, max(LAUNCHES, min(400, math.ceil(2000 / roughly))))


def time_arms(arms, sets):
    """Microseconds of one launch of each arm, and how they were found."""
    results, graphs = {}, {}
    for name, (run, first) in arms.items():
        calls = 3 if first < 20_000 else 1
        roughly = microseconds(enqueue_timed(lambda: [run(i % sets) for i in range(calls)])) / calls
        launches = launches_within_limit(roughly)
        if launches == 0:
            results[name] = {"microseconds": roughly, "samples": 1, "launches": calls}
        else:
            graphs[name] = (capture(run, sets, launches), launches)
    for graph, _ in graphs.values():
        graph.replay()
    # Nobody waits in between: the host stays ahead of the device, so that what a launch costs the host is in no interval.
    intervals = {name: [] for name in graphs}
    names = list(graphs)
    for sample in range(SAMPLES):
        for turn in range(len(names)):
            name = names[(turn + sample) % len(names)]
            graph, _ = graphs[name]
            intervals[name].append(enqueue_timed(graph.replay))
    for name, pairs in intervals.items():
        launches = graphs[name][1]
        median = sorted(microseconds(events) for events in pairs)[len(pairs) // 2]
        results[name] = {"microseconds": median / launches, "samples": SAMPLES, "launches": launches}
    return {name: results[name] for name in arms}


def arms_of(m, n, k, codes, halves, scales, transposed, left_out):
    """What runs here: a call on one of the sets of weights, and the microseconds that the first call took."""
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
            first = microseconds(enqueue_timed(lambda: run(0)))
            torch.cuda.synchronize()
            arms[name] = (run, first)
        except Exception as error:  # what PyTorch refuses, it refuses in many ways
            left_out.append(f"{name} at m={m} n={n} k={k}: {str(error).splitlines()[0][:160]}")
    return arms


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="torch.json")
    parser.add_argument("--seconds", type=float, default=60)
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
            print(f"torch n={n} k={k} m={m} " + "  ".join(f"{name} {t['microseconds']:.1f}" for name, t in times.items()) + " us")
            rows.append({"n": n, "k": k, "m": m, "arms": [{"name": name, **t} for name, t in times.items()]})
        del codes, halves, scales, transposed
        torch.cuda.empty_cache()
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda, "device": torch.cuda.get_device_name(0)}
    with open(options.out, "w") as file:
        json.dump({"versions": versions, "linear": rows, "leftOut": left_out}, file)
    for line in left_out:
        print("left out:", line)


main()
