"""Training steps of both networks beside PyTorch, in turn, on the same cores: seconds a step and peak memory.

    training.py HILUM [--rounds 5] [--steps 3] [--threads 2] [--level avx2] [CASE ...]

A CASE is NETWORK:BATCH:SIDE. A step is forward, backward and update: SGD with momentum and an exponential average of the
weights, dropout as the network has it, f32 throughout; PyTorch in its channels-last layout. Each engine is a
process of its own that lasts for all rounds and does nothing while the other works; in every round it makes one step to warm
up and then STEPS; figures are medians
over all steps with the range of the rounds' medians, peak memory is the most that a process ever held. --level holds both
engines to AVX2. One JSON object a case on standard output, a line on standard error.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

CASES = ["resnet101:10:224", "resnet101:32:96", "fc-densenet103:4:128"]


def pytorch_step(name, batch, side, threads):
    """A function that makes one step of a batch of noise."""
    import torch
    from networks import FCDenseNet103, resnet101

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    is_resnet = name == "resnet101"
    classes = 4 if is_resnet else 3
    net = resnet101(classes) if is_resnet else FCDenseNet103(classes)
    net = net.to(memory_format=torch.channels_last).train()
    images = torch.randn(batch, 3 if is_resnet else 1, side, side).contiguous(memory_format=torch.channels_last)
    places = batch if is_resnet else batch * side * side
    labels = (torch.arange(places) % classes).view(batch) if is_resnet else (
        (torch.arange(places) % classes).view(batch, side, side))
    weights = list(net.parameters())
    averages = [one.detach().clone() for one in weights]
    optimizer = torch.optim.SGD(weights, lr=1e-4, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, weights, 0.001)

    return step


def serve(case, threads, steps):
    """PyTorch's process: for every line on standard input, the seconds of a round's steps and the peak memory in MB."""
    sys.stdout, answers = sys.stderr, sys.stdout
    name, batch, side = case.split(":")
    step = pytorch_step(name, int(batch), int(side), int(threads))
    for _ in sys.stdin:
        step()
        seconds = []
        for _ in range(int(steps)):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        print(json.dumps({"seconds": seconds, "megabytes": peak}), file=answers, flush=True)


class Engine:
    """A process that makes a round's steps for every line on its standard input and answers with a line of JSON."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)

    def round(self):
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args[0]} ended before its round; what it said is above")
        time.sleep(0.3)  # threads may spin for a while before they sleep
        return json.loads(answer)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class PyTorch(Engine):
    def __init__(self, case, options):
        environment = dict(os.environ)
        if options.level == "avx2":
            environment |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
        super().__init__([sys.executable, __file__, "--serve", case, str(options.threads), str(options.steps)],
                         environment)


class Hilum(Engine):
    def __init__(self, case, options):
        name, batch, side = case.split(":")
        command = [options.hilum, "bench", "training", "--network", name, "--batch", batch, "--side", side,
                   "--threads", str(options.threads), "--rounds", str(options.steps), "--paced"]
        super().__init__(command + (["--level", options.level] if options.level else []))

    def round(self):
        line = super().round()
        return {"seconds": line["seconds"], "megabytes": line["peakResidentMegabytes"]}


def summary(rounds, batch):
    medians = [statistics.median(one["seconds"]) for one in rounds]
    median = statistics.median([second for one in rounds for second in one["seconds"]])
    return {"median_seconds": round(median, 3), "range": [round(min(medians), 3), round(max(medians), 3)],
            "images_per_second": round(batch / median, 2),
            "peak_megabytes": round(max(one["megabytes"] for one in rounds))}


def compare(options, case):
    engines = {"hilum": Hilum(case, options), "pytorch": PyTorch(case, options)}
    rounds = {name: [] for name in engines}
    for _ in range(options.rounds):
        for name, engine in engines.items():
            rounds[name].append(engine.round())
    for engine in engines.values():
        engine.end()
    result = {engine: summary(some, int(case.split(":")[1])) for engine, some in rounds.items()}
    ratios = [statistics.median(ours["seconds"]) / statistics.median(theirs["seconds"])
              for ours, theirs in zip(rounds["hilum"], rounds["pytorch"])]
    return {"case": case, "threads": options.threads, "level": options.level or "best", **result,
            "ratio": round(result["hilum"]["median_seconds"] / result["pytorch"]["median_seconds"], 3),
            "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)]}


def text(engine, figures):
    low, high = figures["range"]
    return f"{engine} {figures['median_seconds']} s ({low}-{high}), {figures['peak_megabytes']} MB"


def main():
    if sys.argv[1:2] == ["--serve"]:
        return serve(*sys.argv[2:])
    parser = argparse.ArgumentParser()
    parser.add_argument("hilum")
    parser.add_argument("cases", nargs="*", default=CASES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--level", choices=["avx2"])
    # Cases may stand behind options.
    options = parser.parse_intermixed_args()
    for case in options.cases:
        result = compare(options, case)
        print(json.dumps(result), flush=True)
        figures = "  ".join(text(engine, result[engine]) for engine in ["hilum", "pytorch"])
        print(f"{case}: {figures}  ratio {result['ratio']}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
