"""Decodes every file of a reference folder with `hilum decode` and writes TABLE.md beside this script.

    .venv/bin/python Conformance/decode/make_table.py .build/release/hilum FOLDER

FOLDER holds the files and `expected.csv` (path, sha256, dcmtk_sha256, gdcm_sha256, dtype, photometric_after, compare):
digests of the stored values by pydicom and by second decoders. Where a lossy digest differs, the largest difference of
any sample is found by decoding the file with pydicom and pylibjpeg too. The exit status is 1 when a file neither
decodes as expected nor is refused with a reason.
"""
import csv, json, subprocess, sys, tempfile, warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import get_decoder

warnings.simplefilter("ignore")
SECONDS = 60
# DCT decoders differ by rounding; where chroma is upsampled, by the filter too (expected.csv, `compare`).
DCT_TOLERANCE = 6


def decode(program, path):
    """hilum's summary, or its reason as text; None for a crash or a hang."""
    try:
        run = subprocess.run([program, "decode", str(path), "--json"], capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None, f"no answer within {SECONDS} s"
    if run.returncode == 0:
        return json.loads(run.stdout), ""
    if run.returncode == 1 and run.stderr.startswith("hilum: "):
        return {}, run.stderr.strip().removeprefix("hilum: ").replace(f"{path}: ", "")
    return None, f"exit status {run.returncode}"


def largest_difference(program, path):
    """Against pydicom's values, of all frames; None where pydicom has none."""
    dataset = pydicom.dcmread(path, force=True)
    try:
        values, _ = get_decoder(dataset.file_meta.TransferSyntaxUID).as_array(dataset, raw=True)
    except Exception:
        return None
    with tempfile.NamedTemporaryFile() as raw:
        subprocess.run([program, "decode", str(path), "--raw", raw.name], capture_output=True, timeout=SECONDS)
        ours = np.fromfile(raw.name, values.dtype)
    return int(np.abs(ours.astype(np.int64) - values.ravel().astype(np.int64)).max())


def judge(program, path, expected):
    """Outcome, detail, and whether that is as it should be."""
    summary, reason = decode(program, path)
    if summary is None:
        return "FAILED", reason, False
    wanted = expected.get("sha256", "")
    has_wanted = bool(wanted) and not wanted.startswith("ERROR")
    if not summary:
        return "refused", reason, not has_wanted
    digest = summary["sha256"]
    shape = f"{summary['frames']} × {summary['rows']} × {summary['columns']} × {summary['samples']} {summary['dtype']}"
    if digest == wanted:
        return "equal", shape, True
    others = [name for name in ("dcmtk", "gdcm") if expected.get(f"{name}_sha256") == digest]
    tolerance = DCT_TOLERANCE if expected.get("compare", "").startswith("tolerance") else 0
    if not has_wanted:
        return "equal to " + others[0] if others else "decoded, no reference", shape, True
    difference = largest_difference(program, path)
    detail = f"{shape}; largest difference {difference}" + (f"; equal to {', '.join(others)}" if others else "")
    return "within tolerance", detail, difference is not None and difference <= tolerance


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    with open(folder / "expected.csv", newline="") as file:
        expected = {row["path"]: row for row in csv.DictReader(file)}
    skipped = {"expected.csv", "index.csv", "README.md"}
    paths = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name not in skipped)
    rows, counts, failures = [], Counter(), 0
    for name in paths:
        outcome, detail, is_right = judge(program, folder / name, expected.get(name, {}))
        counts[outcome] += 1
        failures += not is_right
        mark = "" if is_right else " **(wrong)**"
        rows.append(f"| {name} | {outcome}{mark} | {detail.replace('|', chr(92) + '|')} |")
    lines = [
        "# Decoding",
        "",
        "Written by `make_table.py`. *equal*: the digest of all stored values is pydicom's. *within tolerance*: DCT JPEG,",
        "where decoders round differently. *equal to dcmtk*: pydicom has no decoder for it.",
        "*decoded, no reference*: no second decoder reads it.",
        "",
        "| outcome | files |",
        "|---|---|",
        *(f"| {outcome} | {count} |" for outcome, count in counts.most_common()),
        "",
        "| file | outcome | detail |",
        "|---|---|---|",
        *rows,
    ]
    Path(__file__).with_name("TABLE.md").write_text("\n".join(lines) + "\n")
    print(dict(counts), f"{failures} wrong")
    sys.exit(1 if failures else 0)


main()
