"""Where the time of a network goes: each layer's speed under the roofs of this machine.

    roofline.py HILUM [OUT.svg] [--table] [--rounds 15] [--threads 2]

Runs `hilum bench limits` and, for each network, `hilum bench inference --layers`. Draws arithmetic intensity
(operations of a layer's definition by bytes of its inputs, outputs and weights) against operations a second; `--table`
prints Markdown, layers of one kind together.
"""

import argparse
import dataclasses
import itertools
import json
import pathlib
import re
import subprocess

import roofline_picture

# Network, rows and columns, batch.
CASES = [("resnet101", 224, 8), ("fc-densenet103", 224, 1)]
# Of those that time a network, the one in the middle counts.
PROCESSES = 5
WINOGRAD_STAGES = {"winogradspread", "winogradproduct", "winogradgather"}


@dataclasses.dataclass
class Layer:
    name: str
    method: str
    seconds: float = 0
    # Of the definition, whatever the method does.
    operations: int = 0
    bytes: int = 0
    # How many layers these figures are of.
    count: int = 1

    def include(self, other):
        self.seconds += other.seconds
        self.operations += other.operations
        self.bytes += other.bytes

    @property
    def gigaflops(self):
        return self.operations / self.seconds / 1e9

    @property
    def intensity(self):
        return self.operations / self.bytes

    @property
    def kind(self):
        """The name of what stands in a network several times."""
        if self.name.startswith(("node ", "narrow ")):
            return self.method
        repeated = re.fullmatch(r"(layer\d+)\.\d+\.([a-z]+\d?)(\.\d+)?", self.name)
        return f"{repeated[1]}.{repeated[2]}" if repeated else re.sub(r"(\.layers\.\d+)?\.conv$", "", self.name)


def passes(stages):
    """A layer's stages follow each other, and each repeats what the whole pass has to do. Layers that are computed a
    few images at a time come again; Winograd's come three by three, for large layers more than once in a pass."""
    for (name, is_winograd), some in itertools.groupby(stages, lambda s: (s["layer"], s["method"] in WINOGRAD_STAGES)):
        for pass_ in [list(some)] if is_winograd else ([stage] for stage in some):
            method = "winograd" if is_winograd else pass_[0]["method"]
            seconds = sum(stage["seconds"] for stage in pass_)
            yield Layer(name, method, seconds, 2 * pass_[0]["multiplyAdds"], pass_[0]["bytes"])


def layers(stages):
    result = {}
    for one in passes(stages):
        result.setdefault((one.name, one.method), Layer(one.name, one.method)).include(one)
    return list(result.values())


def groups(layers):
    result = {}
    for one in layers:
        group = result.setdefault((one.kind, one.method), Layer(one.kind, one.method, count=0))
        group.include(one)
        group.count += 1
    return list(result.values())


def table(title, layers, limits):
    total = Layer("all", "", count=0)
    for one in layers:
        total.include(one)
        total.count += one.count
    print(f"{title}; peak {limits['f32']['allThreads']:.0f} GFLOP/s\n")
    print("| layers | | method | ms | share | GFLOP/s | of the peak |\n| --- | --- | --- | --- | --- | --- | --- |")
    for one in [*groups(layers), total]:
        share = one.gigaflops / limits["f32"]["allThreads"]
        speed = f"{one.gigaflops:.0f} | {share:.2f}" if one.operations else "|"
        print(f"| {one.name} | {one.count} | {one.method} | {one.seconds * 1000:.2f} | "
              f"{100 * one.seconds / total.seconds:.1f} % | {speed} |")
    print()


def lines(*command):
    out = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hilum")
    parser.add_argument("picture", nargs="?", type=pathlib.Path)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    bench, threads = [options.hilum, "bench"], ["--threads", options.threads, "--json"]
    [limits] = lines(*bench, "limits", *threads)
    panels = []
    for network, side, batch in CASES:
        command = [*bench, "inference", "--network", network, "--side", side, "--batch", batch, "--layers", "--rounds",
                   options.rounds, *threads]
        # A whole process may be a tenth slower than the next, Winograd's stages most: its rounds do not show that.
        tries = [layers(lines(*command)) for _ in range(PROCESSES)]
        tries.sort(key=lambda some: sum(layer.seconds for layer in some))
        panels.append((f"{network}, {side}², batch {batch}, f32, {options.threads} threads", tries[PROCESSES // 2]))
    if options.picture:
        options.picture.write_text(roofline_picture.draw(panels, limits))
    if options.table:
        for title, some in panels:
            table(title, some, limits)


if __name__ == "__main__":
    main()
