#!/usr/bin/env python3
"""Faults against the built program, with four associations sending and Orthanc behind:

    .venv/bin/python Conformance/faults/run.py .build/release/hilum [--faults 200] [--seed 1] [--table FILE]

After each, everything that was acknowledged is there with its bytes, each study has exactly one current report, nothing
was delivered twice under another UID, the outbox is empty, and no study is in a state that nobody leaves. Where it may mount
one, the node has a small disk of its own; else the faults that need that are left out."""

import argparse
import collections
import random
import sys
import tempfile
import time
from pathlib import Path

import checks
from faults import Faults, mount, unmount
from gateway import Gateway, wait
from pacs import Orthanc, Proxy
from senders import Senders


def one_fault(number, fault, gateway, pacs, senders) -> list[str]:
    threads = senders.send_studies()
    try:
        fault()
        for thread in threads:
            thread.join()
        wait("peace", 240, lambda: checks.settled(gateway))
        return checks.complaints(gateway, pacs, senders.acknowledged)
    except (TimeoutError, RuntimeError) as error:
        return [str(error)] + [str(row) for row in gateway.queue() if row.get("state") not in ("reported",)][:5]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hilum")
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", help="kinds of fault by their names, with commas; without it all")
    parser.add_argument("--table", type=Path, help="write a table of the kinds into this file")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    table = collections.defaultdict(lambda: [0, 0, 0.0])
    bad = 0
    with tempfile.TemporaryDirectory(prefix="hilum-faults-") as name:
        folder = Path(name)
        (folder / "disk").mkdir()
        small_disk = mount(folder / "disk", 3072)
        pacs = Orthanc(folder)
        proxy = Proxy(pacs.dicom)
        gateway = Gateway(options.hilum, folder, proxy.port)
        try:
            gateway.start()
            senders = Senders(gateway.port, draw)
            faults = Faults(gateway, pacs, proxy, senders, draw, small_disk)
            wanted = options.kinds.split(",") if options.kinds else [kind.__name__ for kind in faults.kinds]
            kinds = [getattr(faults, kind) for kind in wanted]
            for number in range(options.faults):
                fault = kinds[number % len(kinds)]
                started = time.monotonic()
                found = one_fault(number, fault, gateway, pacs, senders)
                row = table[fault.__name__.replace("_", " ")]
                row[0] += 1
                row[1] += not found
                row[2] += time.monotonic() - started
                bad += bool(found)
                print(f"{number + 1}: {fault.__name__}: {'; '.join(found[:4]) or 'all held'}", flush=True)
                if found and gateway.process.poll() is not None:
                    break
            print(f"{options.faults - bad} of {options.faults} faults; {len(senders.acknowledged)} objects acknowledged")
        finally:
            gateway.stop()
            pacs.stop()
            if small_disk:
                unmount(folder / "disk")
            if bad:
                print((folder / "gateway.log").read_text()[-4000:], file=sys.stderr)
    if options.table:
        lines = ["| fault | times | held | seconds, mean |", "| --- | --- | --- | --- |"]
        lines += [f"| {kind} | {n} | {held} | {total / n:.1f} |" for kind, (n, held, total) in sorted(table.items())]
        options.table.write_text("\n".join(lines) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
