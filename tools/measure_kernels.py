#!/usr/bin/env python3
"""Times the operators of an LLM server on this machine's GPU and writes tables that `trueline fit kernels` reads.

Needs PyTorch and nothing else:

    python3 measure_kernels.py --out sweep-h100
    trueline fit kernels sweep-h100 --gpu H100 --out h100.json

Every operator runs inside a CUDA graph, after a pass over a buffer larger than L2, so that weights and KV cache come from
memory as they do in serving; the time of that pass alone is subtracted, and the median over repeats is written. Operators are
PyTorch's own (cuBLAS products, scaled-dot-product attention, batched products for the experts, NCCL all-reduce): close to, but
not, the kernels a serving engine picks. Latencies are milliseconds of one call, one layer, one rank; heads and widths are those
of one rank, except `inter_size`, which is unsharded, as in the public sweeps (ai-dynamo/aiconfigurator).
"""

import argparse
import csv
import os
import platform
import statistics
import sys
import time

try:
    import torch
except ImportError:
    torch = None

OPERATORS = ("gemm", "generation_attention", "context_attention", "moe", "sampler", "all_reduce")
HEAD_DIM = 128
MS_PER_S = 1000.0
# calls per graph: enough to make the graph's own launch negligible, few enough to keep captures short
CALLS_PER_GRAPH = 8
# largest share of the free memory that one operator may take
MEMORY_SHARE = 0.4

GRIDS = {
    "full": {
        "gemm_n": (1024, 2048, 4096, 6144, 8192, 14336, 28672),
        "gemm_k": (1024, 2048, 4096, 8192, 14336),
        "gemm_m": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192),
        "heads": ((4, 1), (8, 1), (8, 2), (16, 2), (16, 4), (32, 4), (32, 8), (40, 8), (64, 8)),
        "batch": (4, 8, 16, 32, 64, 128, 256),
        "context": (256, 512, 1024, 2048, 4096),
        "prompts": ((1, 16), (1, 64), (1, 256), (1, 1024), (1, 4096), (1, 8192), (4, 256), (4, 1024), (4, 4096), (16, 512)),
        "experts": ((4096, 14336, 8, 2), (6144, 16384, 8, 2), (2048, 768, 128, 8), (4096, 1536, 128, 8), (5120, 8192, 16, 1)),
        "tensor_parallel": (1, 2, 4, 8),
        "tokens": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192),
        "vocabulary": (32000, 128256, 151936),
        "sampled": (8, 32, 64, 128, 256),
        "elements": tuple(2**power for power in range(12, 26)),
    },
    "quick": {
        "gemm_n": (768, 1024),
        "gemm_k": (768, 1024),
        "gemm_m": (1, 16),
        "heads": ((4, 1), (8, 2)),
        "batch": (4, 8),
        "context": (256,),
        "prompts": ((1, 16), (1, 64)),
        "experts": ((256, 512, 4, 2), (256, 256, 8, 2)),
        "tensor_parallel": (1, 2),
        "tokens": (1, 8, 512, 1024),
        "vocabulary": (32000,),
        "sampled": (2, 128),
        "elements": (4096, 8192),
    },
}


class TooLarge(Exception):
    """A point of the grid that this device has no room for."""


class Device:
    """What is measured on, and the stopwatch for it."""

    def __init__(self, kind, repeats):
        self.kind = kind
        self.repeats = repeats
        self.dtype = torch.bfloat16
        if kind == "cuda":
            properties = torch.cuda.get_device_properties(0)
            self.name = properties.name
            l2_bytes = getattr(properties, "L2_cache_size", 0) or 128 << 20
            self.has_fp8 = torch.cuda.get_device_capability(0) >= (8, 9) and hasattr(torch, "float8_e4m3fn")
        else:
            self.name = platform.processor() or platform.machine() or "cpu"
            l2_bytes = 32 << 20
            self.has_fp8 = False
        # read, not written: lines left dirty would be written back at the operator's expense
        self.flush_buffer = torch.ones(2 * l2_bytes // 4, dtype=torch.float32, device=kind)

    def flush(self):
        return self.flush_buffer.sum()

    def reserve(self, size_bytes):
        """Raises TooLarge when data of this size would not fit comfortably."""
        free = torch.cuda.mem_get_info()[0] if self.kind == "cuda" else 8 << 30
        if size_bytes > MEMORY_SHARE * free:
            raise TooLarge(f"{size_bytes / 2**30:.1f} GiB")

    def randn(self, *shape):
        return torch.randn(*shape, dtype=torch.float32, device=self.kind).to(self.dtype)

    def milliseconds(self, operator):
        """Median time of one call of `operator` with a cold L2 cache."""
        return self._graph_ms(operator) if self.kind == "cuda" else self._host_ms(operator)

    def _host_ms(self, operator):
        operator()
        times = []
        for _ in range(self.repeats):
            self.flush()
            start = time.perf_counter()
            operator()
            times.append((time.perf_counter() - start) * MS_PER_S)
        return statistics.median(times)

    def _graph_ms(self, operator):
        cold = capture(lambda: (self.flush(), operator()))
        alone = capture(self.flush)
        differences = [replay_ms(cold) - replay_ms(alone) for _ in range(self.repeats)]
        return statistics.median(differences) / CALLS_PER_GRAPH


def capture(call):
    """A CUDA graph of CALLS_PER_GRAPH calls, warmed up on a stream of its own as capturing requires."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            call()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(CALLS_PER_GRAPH):
            call()
    graph.replay()
    torch.cuda.synchronize()
    return graph


def replay_ms(graph):
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    graph.replay()
    end.record()
    end.synchronize()
    return start.elapsed_time(end)


def gemm_bf16(device, m, n, k):
    device.reserve(2 * (m * k + n * k + m * n))
    x, weights = device.randn(m, k), device.randn(n, k)
    return lambda: torch.nn.functional.linear(x, weights)


def gemm_fp8(device, m, n, k):
    """Dynamic quantisation of the activations and the product, as the public sweeps time it."""
    device.reserve(2 * m * k + 2 * n * k + 2 * m * n)
    fp8 = torch.float8_e4m3fn
    largest = torch.finfo(fp8).max
    x = device.randn(m, k)
    weights = device.randn(n, k).to(fp8)
    weight_scale = torch.ones((), device=device.kind)

    def call():
        scale = (x.abs().amax().float() / largest).clamp(min=1e-12)
        quantised = (x.float() / scale).to(fp8)
        return torch._scaled_mm(
            quantised, weights.t(), scale_a=scale, scale_b=weight_scale, out_dtype=torch.bfloat16
        )

    return call


def gemm_rows(device, grid):
    kinds = [("bfloat16", gemm_bf16)] + ([("fp8", gemm_fp8)] if device.has_fp8 else [])
    for dtype, build in kinds:
        for n in grid["gemm_n"]:
            for k in grid["gemm_k"]:
                for m in grid["gemm_m"]:
                    key = {"gemm_dtype": dtype, "m": m, "n": n, "k": k}
                    yield key, lambda build=build, m=m, n=n, k=k: build(device, m, n, k)


def decode_attention(device, batch, query_heads, kv_heads, context):
    """One decode token per request; the queries of a KV head form one small matrix, as grouped kernels do it."""
    device.reserve(2 * 2 * batch * kv_heads * context * HEAD_DIM)
    queries = device.randn(batch, kv_heads, query_heads // kv_heads, HEAD_DIM)
    keys = device.randn(batch, kv_heads, context, HEAD_DIM)
    values = device.randn(batch, kv_heads, context, HEAD_DIM)
    return lambda: torch.nn.functional.scaled_dot_product_attention(queries, keys, values)


def prefill_attention(device, batch, query_heads, kv_heads, prompt):
    """Causal attention over whole prompts and the write of their keys and values into the cache."""
    device.reserve(2 * batch * prompt * HEAD_DIM * (4 * query_heads + 4 * kv_heads))
    queries = device.randn(batch, query_heads, prompt, HEAD_DIM)
    keys, values = (device.randn(batch, kv_heads, prompt, HEAD_DIM) for _ in range(2))
    cache = torch.empty(2, batch, kv_heads, prompt, HEAD_DIM, dtype=device.dtype, device=device.kind)
    group = query_heads // kv_heads
    # expanded once, outside the timing: not every PyTorch attends to grouped heads in its fast path
    wide_keys, wide_values = keys.repeat_interleave(group, dim=1), values.repeat_interleave(group, dim=1)

    def call():
        cache[0].copy_(keys)
        cache[1].copy_(values)
        return torch.nn.functional.scaled_dot_product_attention(
            queries, wide_keys, wide_values, is_causal=True
        )

    return call


def attention_key(batch, isl, step, query_heads, kv_heads):
    return {
        "batch_size": batch,
        "isl": isl,
        "num_heads": query_heads,
        "num_key_value_heads": kv_heads,
        "head_dim": HEAD_DIM,
        "attn_dtype": "bfloat16",
        "kv_cache_dtype": "bfloat16",
        "step": step,
        "window_size": 0,
    }


def generation_attention_rows(device, grid):
    for query_heads, kv_heads in grid["heads"]:
        for batch in grid["batch"]:
            for context in grid["context"]:
                point = (batch, query_heads, kv_heads, context)
                key = attention_key(batch, 1, context - 1, query_heads, kv_heads)
                yield key, lambda point=point: decode_attention(device, *point)


def context_attention_rows(device, grid):
    for query_heads, kv_heads in grid["heads"]:
        for batch, prompt in grid["prompts"]:
            point = (batch, query_heads, kv_heads, prompt)
            key = attention_key(batch, prompt, 0, query_heads, kv_heads)
            yield key, lambda point=point: prefill_attention(device, *point)


def fused_experts(device, tokens, hidden, width, experts, top_k, tensor_parallel):
    """Balanced routing, emulated: the active experts' products, gating and weighted sum as batched products."""
    rank_width = width // tensor_parallel
    active = min(experts, tokens * top_k)
    slots = -(-tokens * top_k // active)
    device.reserve(2 * 3 * active * hidden * rank_width + 2 * active * slots * (2 * hidden + 3 * rank_width))
    inputs = device.randn(active, slots, hidden)
    gate_up, down = device.randn(active, hidden, 2 * rank_width), device.randn(active, rank_width, hidden)

    def call():
        gate, up = torch.bmm(inputs, gate_up).chunk(2, dim=-1)
        return torch.bmm(torch.nn.functional.silu(gate) * up, down).sum(dim=0)

    return call


def moe_rows(device, grid):
    for hidden, width, experts, top_k in grid["experts"]:
        for tensor_parallel in grid["tensor_parallel"]:
            for tokens in grid["tokens"]:
                point = (tokens, hidden, width, experts, top_k, tensor_parallel)
                key = {
                    "moe_dtype": "bfloat16",
                    "num_tokens": tokens,
                    "hidden_size": hidden,
                    "inter_size": width,
                    "topk": top_k,
                    "num_experts": experts,
                    "moe_tp_size": tensor_parallel,
                    "moe_ep_size": 1,
                    "distribution": "balanced",
                }
                yield key, lambda point=point: fused_experts(device, *point)


def draw(probabilities):
    """One sample per row without a host round trip: the largest of p ÷ Exp(1)."""
    return (probabilities / torch.empty_like(probabilities).exponential_()).argmax(dim=-1)


def softmax_sampler(device, batch, vocabulary):
    device.reserve(3 * 4 * batch * vocabulary)
    logits = torch.randn(batch, vocabulary, device=device.kind)
    return lambda: draw(logits.softmax(dim=-1))


def top_p_sampler(device, batch, vocabulary):
    """Sort of the whole vocabulary, cut at cumulative probability 0.9, softmax and draw."""
    device.reserve(8 * 4 * batch * vocabulary)
    logits = torch.randn(batch, vocabulary, device=device.kind)

    def call():
        ascending, order = logits.sort(dim=-1, descending=False)
        cumulative = ascending.softmax(dim=-1).cumsum(dim=-1)
        kept = ascending.masked_fill(cumulative <= 0.1, -float("inf"))
        return draw(torch.empty_like(logits).scatter_(-1, order, kept).softmax(dim=-1))

    return call


def sampler_rows(device, grid):
    for method, build in (("softmax", softmax_sampler), ("top_p", top_p_sampler)):
        for batch in grid["sampled"]:
            for vocabulary in grid["vocabulary"]:
                key = {"batch_size": batch, "vocab_size": vocabulary, "method": method}
                yield key, lambda build=build, b=batch, v=vocabulary: build(device, b, v)


def all_reduce_worker(rank, size, port, elements, repeats, results):
    """One rank of an all-reduce measurement; rank 0 reports (elements, ms)."""
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.cuda.set_device(rank)
    torch.distributed.init_process_group("nccl", rank=rank, world_size=size)
    for count in elements:
        data = torch.ones(count, dtype=torch.bfloat16, device="cuda")
        graph = capture(lambda data=data: torch.distributed.all_reduce(data))
        times = [replay_ms(graph) for _ in range(repeats)]
        if rank == 0:
            results.put((count, statistics.median(times) / CALLS_PER_GRAPH))
    torch.distributed.destroy_process_group()


def measure_all_reduce(device, grid, write):
    """All sizes of 2, 4 and 8 GPUs that this machine has; message_size counts elements, not bytes."""
    gpus = torch.cuda.device_count() if device.kind == "cuda" else 1
    for size in (count for count in (2, 4, 8) if count <= gpus):
        context = torch.multiprocessing.get_context("spawn")
        results = context.SimpleQueue()
        arguments = (size, 29500 + size, grid["elements"], device.repeats, results)
        torch.multiprocessing.spawn(all_reduce_worker, args=arguments, nprocs=size, join=True)
        for _ in grid["elements"]:
            count, milliseconds = results.get()
            key = {"allreduce_dtype": "bfloat16", "num_gpus": size, "message_size": count, "backend": "nccl_graph"}
            write(key, milliseconds)
    if gpus < 2:
        print("all_reduce: skipped, it takes at least two GPUs", file=sys.stderr)


# operator: (table, kernel_source, rows)
FAMILIES = {
    "gemm": ("gemm_perf", "torch_linear", gemm_rows),
    "generation_attention": ("generation_attention_perf", "torch_sdpa", generation_attention_rows),
    "context_attention": ("context_attention_perf", "torch_sdpa", context_attention_rows),
    "moe": ("moe_perf", "torch_bmm", moe_rows),
    "sampler": ("sampler_perf", "torch_sampler", sampler_rows),
    "all_reduce": ("custom_allreduce_perf", "nccl", None),
}


def row_writer(path, device, operator, kernel_source):
    """A function that appends one row to a new CSV table, flushed so that an interrupted run loses nothing."""
    table = {"file": None, "writer": None}

    def write(key, milliseconds):
        common = {
            "framework": "torch",
            "version": torch.__version__,
            "device": device.name,
            "op_name": operator,
            "kernel_source": kernel_source,
        }
        row = {**common, **key, "latency": f"{milliseconds:.6g}"}
        if table["writer"] is None:
            # "x": an earlier sweep is never overwritten
            table["file"] = open(path, "x", encoding="utf-8", newline="")
            table["writer"] = csv.DictWriter(table["file"], fieldnames=list(row), lineterminator="\n")
            table["writer"].writeheader()
        table["writer"].writerow(row)
        table["file"].flush()

    return write


def measure_family(device, grid, rows, operator, write):
    """Times every point of a family; points that this device cannot run are skipped, counted and the first one explained."""
    measured, failures = 0, []
    for key, build in rows(device, grid):
        try:
            write(key, device.milliseconds(build()))
            measured += 1
        except (TooLarge, RuntimeError) as error:
            failures.append(str(error).split("\n", maxsplit=1)[0])
    note = f", {len(failures)} skipped (the first: {failures[0]})" if failures else ""
    print(f"{operator}: {measured} points{note}", file=sys.stderr)


def measure(arguments):
    torch.manual_seed(0)
    device = Device(arguments.device, arguments.repeats)
    grid = GRIDS["quick" if arguments.quick else "full"]
    os.makedirs(arguments.out, exist_ok=True)
    with torch.no_grad():
        for operator in arguments.operators:
            table, kernel_source, rows = FAMILIES[operator]
            write = row_writer(os.path.join(arguments.out, f"{table}.csv"), device, operator, kernel_source)
            if rows is None:
                measure_all_reduce(device, grid, write)
            else:
                measure_family(device, grid, rows, operator, write)


def operator_list(text):
    names = text.split(",")
    unknown = [name for name in names if name not in OPERATORS]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown operator {unknown[0]}; choose from {', '.join(OPERATORS)}")
    return names


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return int(text)


def parse_arguments(argv):
    parser = argparse.ArgumentParser(description="Time an LLM server's operators on this machine.")
    parser.add_argument("--out", required=True, help="folder for the tables, one CSV per operator")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu only proves that the script runs")
    parser.add_argument("--quick", action="store_true", help="a handful of small points instead of the whole grid")
    parser.add_argument(
        "--operators", type=operator_list, default=list(OPERATORS), help="comma-separated; default: all of them"
    )
    parser.add_argument("--repeats", type=positive, default=20, help="timings per point; their median is written")
    return parser.parse_args(argv)


def main(argv):
    arguments = parse_arguments(argv)
    if torch is None:
        print("measure_kernels.py: PyTorch is not installed; run it in the environment of your server", file=sys.stderr)
        return 2
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print("measure_kernels.py: PyTorch sees no GPU; --device cpu --quick tries the script without one", file=sys.stderr)
        return 2
    try:
        measure(arguments)
    except OSError as error:
        print(f"measure_kernels.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
