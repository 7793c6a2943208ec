"""What lower precision changes: probabilities, logits and classes of labelled radiographs in f32, bf16 and int8.

    precision.py HILUM MANIFEST [--split test] [--merge bacterial_pneumonia=lung_opacity ...] [--limit N]

MANIFEST is a CSV file with the columns path, class and split; images of other classes are left out.
Logits are compared up to a constant, as log-probabilities times the bundle's temperature are. Prints one JSON object a precision.
"""

import argparse
import csv
import json
import math
import os
import pathlib
import re
import subprocess
import tempfile

CLASSES = {"normal", "lung_opacity", "viral_pneumonia", "covid19"}


def analyse(hilum, folder, precision):
    command = [hilum, "analyze", str(folder), "--json", "--precision", precision]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {pathlib.Path(line["path"]).name: line for line in map(json.loads, out.splitlines())}


def labelled(manifest, split, merged, limit):
    rows = [row for row in csv.DictReader(open(manifest)) if row["split"] == split]
    for row in rows:
        row["class"] = merged.get(row["class"], row["class"])
    rows = [row for row in rows if row["class"] in CLASSES]
    return rows[:: max(1, len(rows) // limit)] if limit else rows


def top(line):
    return max(line["probabilities"], key=line["probabilities"].get)


def logits(line, temperature):
    logs = {name: temperature * math.log(max(p, 1e-30)) for name, p in line["probabilities"].items()}
    mean = sum(logs.values()) / len(logs)
    return {name: value - mean for name, value in logs.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hilum")
    parser.add_argument("manifest", type=pathlib.Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--merge", action="append", default=[], help="CLASS=AS: taken as the other")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    shown = subprocess.run([options.hilum, "bundle", "show"], capture_output=True, text=True, check=True).stdout
    temperature = float(re.search(r"temperature: ([\d.]+)", shown)[1])
    rows = labelled(
        options.manifest, options.split, dict(pair.split("=") for pair in options.merge), options.limit)
    truth = {}
    with tempfile.TemporaryDirectory() as folder:
        for index, row in enumerate(rows):
            source = options.manifest.parent / row["path"]
            name = f"{index:05}{source.suffix}"
            os.symlink(source.resolve(), pathlib.Path(folder) / name)
            truth[name] = row["class"]
        results = {precision: analyse(options.hilum, folder, precision) for precision in ["f32", "bf16", "int8"]}
    reference = results["f32"]
    names = [name for name in truth if name in reference and reference[name].get("probabilities")]
    base = {name: logits(reference[name], temperature) for name in names}
    spread = max(max(value.values()) for value in base.values()) - min(min(value.values()) for value in base.values())
    for precision, lines in results.items():
        changes = [
            max(abs(base[name][key] - value) for key, value in logits(lines[name], temperature).items())
            for name in names
        ]
        changes.sort()
        print(json.dumps({
            "precision": precision,
            "images": len(names),
            "right": round(sum(top(lines[name]) == truth[name] for name in names) / len(names), 4),
            "class_changed": sum(top(lines[name]) != top(reference[name]) for name in names),
            "outcome_changed": sum(lines[name]["outcome"] != reference[name]["outcome"] for name in names),
            "triage_changed": sum(lines[name]["triage"] != reference[name]["triage"] for name in names),
            "logit_change": {"median": round(changes[len(changes) // 2], 5), "p99": round(changes[len(changes) * 99 // 100], 5),
                             "largest": round(changes[-1], 5), "range_of_logits": round(spread, 3)},
        }), flush=True)


if __name__ == "__main__":
    main()
