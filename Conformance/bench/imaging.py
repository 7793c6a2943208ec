"""Hilum's imaging and texture beside their peers', alternately in one run. Prints ratios (Hilum / peer) as Markdown.

Usage: imaging.py HILUM [--rounds 5]"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def rows(command):
    one_core = dict(os.environ, OMP_NUM_THREADS="1")
    out = subprocess.run(command, capture_output=True, text=True, check=True, env=one_core).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    hilum = sys.argv[1]
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 5
    ours, peers = {}, {}
    for _ in range(rounds):
        for part in ["imaging", "texture"]:
            for row in rows(["taskset", "-c", "0", hilum, "bench", part, "--json"]):
                ours.setdefault(row["name"], []).append(row["median"])
        for row in rows(["taskset", "-c", "0", sys.executable, str(HERE / "peers_imaging.py")]):
            peers.setdefault((row["name"], row["peer"]), []).append(row["median"])
    print("| what, 1024², one core | Hilum ms (range) | peer | peer ms (range) | ratio of medians |\n|---|---|---|---|---|")
    for (name, peer), times in peers.items():
        if name not in ours:
            continue
        mine, theirs = statistics.median(ours[name]), statistics.median(times)
        print(f"| {name} | {mine:.3f} ({min(ours[name]):.3f}-{max(ours[name]):.3f}) | {peer} | "
              f"{theirs:.3f} ({min(times):.3f}-{max(times):.3f}) | {mine / theirs:.2f} |")


if __name__ == "__main__":
    main()
