"""Both networks beside ONNX Runtime, OpenVINO and PyTorch, in turn, on the same cores: milliseconds per image.

    inference.py HILUM [--rounds 5] [--runs 7] [--threads 2] [CASE ...]

A CASE is NETWORK:SIDE:BATCH:PRECISION, PRECISION being f32, bf16 or int8. In every round each engine, in a process of its
own that does nothing while the others work, runs once to warm up and then RUNS times; figures are medians over all runs
with the range of the rounds' medians. Peers get the weights of Models/starting. One JSON object a case on standard
output, a line on standard error.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = [
    "resnet101:224:1:f32", "resnet101:224:8:f32", "fc-densenet103:224:1:f32", "fc-densenet103:512:1:f32",
    "resnet101:224:8:bf16", "resnet101:224:1:int8", "resnet101:224:8:int8",
]


PEERS = {"f32": ["openvino", "onnxruntime", "pytorch"], "bf16": ["openvino"], "int8": ["openvino"]}


def load_network(name):
    import safetensors.torch
    from networks import FCDenseNet103, resnet101

    net = resnet101(4) if name == "resnet101" else FCDenseNet103(3)
    weights = safetensors.torch.load_file(ROOT / "Models/starting" / f"{name}.safetensors")
    net.load_state_dict({key: value.float() for key, value in weights.items()}, strict=False)
    return net.eval()


def export(net, data):
    import torch

    path = pathlib.Path(tempfile.mkdtemp()) / "net.onnx"
    torch.onnx.export(net, (torch.from_numpy(data),), str(path), dynamo=False, opset_version=17)
    return path


def openvino_runner(net, data, precision, threads):
    import openvino

    core = openvino.Core()
    model = core.read_model(export(net, data))
    if precision == "int8":
        import nncf

        images = [data[index : index + 1] for index in range(len(data))]
        model = nncf.quantize(core.read_model(export(net, images[0])), nncf.Dataset(images), subset_size=len(images))
        model.reshape(list(data.shape))
    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32"}
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    return lambda: request.infer([data])


def onnxruntime_runner(net, data, precision, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(export(net, data)), options, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0].name
    return lambda: session.run(None, {entry: data})


def pytorch_runner(net, data, precision, threads):
    import torch

    torch.set_num_threads(threads)
    net = net.to(memory_format=torch.channels_last)
    image = torch.from_numpy(data).contiguous(memory_format=torch.channels_last)

    def run():
        with torch.inference_mode():
            net(image)

    return run


RUNNERS = {"openvino": openvino_runner, "onnxruntime": onnxruntime_runner, "pytorch": pytorch_runner}


def serve(peer, case, threads, runs):
    """A peer's process: for every line on standard input, a line with the times of a round."""
    sys.stdout, answers = sys.stderr, sys.stdout
    name, side, batch, precision = case.split(":")
    channels = 3 if name == "resnet101" else 1
    data = numpy.random.default_rng(1).standard_normal((int(batch), channels, int(side), int(side)), dtype=numpy.float32)
    run = RUNNERS[peer](load_network(name), data, precision, int(threads))
    for _ in sys.stdin:
        print(json.dumps(times(run, int(runs), int(batch))), file=answers, flush=True)


class Peer:
    def __init__(self, name, case, options):
        command = [sys.executable, __file__, "--serve", name, case, str(options.threads), str(options.runs)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)

    def round(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        result = json.loads(self.process.stdout.readline())
        time.sleep(0.3)  # its threads spin for a while before they sleep
        return result

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def times(run, runs, batch):
    run()
    result = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        result.append((time.perf_counter() - start) * 1000 / batch)
    return result


def hilum_round(case, options):
    name, side, batch, precision = case.split(":")
    command = [options.hilum, "bench", "inference", "--network", name, "--side", side, "--batch", batch, "--threads",
               str(options.threads), "--rounds", str(options.runs), "--precision", precision, "--json"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(out)["milliseconds"]


def summary(rounds):
    medians = [statistics.median(one) for one in rounds]
    return {"median": round(statistics.median(sum(rounds, [])), 2), "range": [round(min(medians), 2), round(max(medians), 2)]}


def compare(options, case):
    peers = {name: Peer(name, case, options) for name in PEERS[case.split(":")[3]]}
    for peer in peers.values():
        peer.round()
    measured = {engine: [] for engine in ["hilum", *peers]}
    for _ in range(options.rounds):
        measured["hilum"].append(hilum_round(case, options))
        for name, peer in peers.items():
            measured[name].append(peer.round())
    for peer in peers.values():
        peer.end()
    result = {engine: summary(rounds) for engine, rounds in measured.items()}
    best = min(peers, key=lambda name: result[name]["median"])
    ratio = result["hilum"]["median"] / result[best]["median"]
    return {"case": case, "threads": options.threads, "ms_per_image": result, "fastest_peer": best, "ratio": round(ratio, 3)}


def main():
    if sys.argv[1] == "--serve":
        return serve(*sys.argv[2:])
    parser = argparse.ArgumentParser()
    parser.add_argument("hilum")
    parser.add_argument("cases", nargs="*", default=CASES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    # Cases may stand behind options.
    options = parser.parse_intermixed_args()
    for case in options.cases:
        result = compare(options, case)
        print(json.dumps(result), flush=True)
        figures = "  ".join(f"{engine} {value['median']}" for engine, value in result["ms_per_image"].items())
        print(f"{case}: {figures}  ratio {result['ratio']} to {result['fastest_peer']}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
