#!/usr/bin/env python3
"""From a radiograph's arrival to its report in the outbox, stage by stage, through the whole program.

    .venv/bin/python Conformance/bench/radiograph.py .build/release/hilum [--rounds 10] [--image FILE]

Starts `hilum serve` in a temporary folder with one worker and a quiet time of 1 s, sends one image again and again under
fresh UIDs with DCMTK's storescu, each time once the study before is done, and reads times from the database. The first
round is not counted: it waits for the worker to load its models. Prints a Markdown table of medians and ranges and the
peak resident memory of listener and worker.
"""
import argparse
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import pydicom
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless, generate_uid

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# Of nobody: the results have to wait in the outbox.
CONFIGURATION = """\
node: {{host: 127.0.0.1, port: {port}}}
assembly: {{quiet_seconds: 1}}
analysis: {{workers: 1, threads: {threads}}}
storage: {{folder: {folder}/data}}
destinations: [{{name: nobody, host: 127.0.0.1, port: 1, ae_title: NOBODY}}]
"""
PROPOSALS = {JPEGLosslessSV1: ["-xs"], JPEGLSLossless: ["-xt"], JPEG2000Lossless: ["-xv"], RLELossless: ["-xr"]}
JOB = """
    SELECT job.state, job.reason, object.received_at, job.created_at, job.started_at, job.finished_at, summary.stages,
        (SELECT count(*) FROM outgoing WHERE outgoing.job = job.id)
    FROM study JOIN job ON job.study = study.id JOIN job_object ON job_object.job = job.id
    JOIN object ON object.id = job_object.object LEFT JOIN summary ON summary.job = job.id
    WHERE study.uid = ?
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fresh_copy(image, folder):
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    path = os.path.join(folder, "image.dcm")
    image.save_as(path)
    return path, image.StudyInstanceUID


def finished_job(database, study, seconds):
    """The study's row of JOB once it is done."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        row = database.execute(JOB, (study,)).fetchone()
        if row and row[0] in ("done", "parked"):
            return row
        time.sleep(0.02)
    sys.exit(f"radiograph: no report within {seconds} s")


def one_round(database, image, folder, port, limit):
    path, study = fresh_copy(image, folder)
    # storescu has to be told to propose what the file is written in.
    syntax = PROPOSALS.get(image.file_meta.TransferSyntaxUID, [])
    subprocess.run(["storescu", *syntax, "-aec", "HILUM", "127.0.0.1", str(port), path], check=True, capture_output=True)
    state, reason, received, created, started, finished, stages, waiting = finished_job(database, study, limit)
    if state != "done" or reason or not waiting:
        sys.exit(f"radiograph: the study was not reported: {state}, {reason}, {waiting} results in the outbox")
    times = {
        "received → closed (quiet time 1 s)": created - received,
        "closed → claimed by the worker": started - created,
        "claimed → results in the outbox": finished - started,
        "**closed → results in the outbox**": finished - created,
    }
    times = {name: value / 1000 for name, value in times.items()}
    times.update({f"stage {stage['name']}": stage["seconds"] for stage in json.loads(stages)})
    times["all stages"] = sum(stage["seconds"] for stage in json.loads(stages))
    return times


def children(pid):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    if int(stat.read().rsplit(")", 1)[1].split()[1]) == pid:
                        found.append(int(entry))
            except OSError:
                pass
    return found


def peak_memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hilum", help="the program, optimised")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=0, help="of the worker; 0: as many as processors")
    parser.add_argument("--image", default=os.path.join(ROOT, "SampleStudies", "cxr-covid19", "image.dcm"))
    parser.add_argument("--limit", type=float, default=300, help="seconds for one report")
    arguments = parser.parse_args()
    image = pydicom.dcmread(arguments.image)
    rounds = []
    with tempfile.TemporaryDirectory(prefix="hilum-bench-") as folder:
        port = free_port()
        with open(os.path.join(folder, "hilum.yaml"), "w") as file:
            file.write(CONFIGURATION.format(port=port, threads=arguments.threads, folder=folder))
        log = open(os.path.join(folder, "log"), "w")
        node = subprocess.Popen(
            [arguments.hilum, "serve", "--config", file.name], stdout=subprocess.PIPE, stderr=log)
        try:
            if b"listening on" not in node.stdout.readline():
                sys.exit("radiograph: hilum serve did not say that it listens; " + open(log.name).read())
            database = sqlite3.connect(f"file:{folder}/data/hilum.sqlite?mode=ro", uri=True)
            for _ in range(arguments.rounds + 1):
                rounds.append(one_round(database, image, folder, port, arguments.limit))
            memory = {"listener": [peak_memory(node.pid)], "worker": [peak_memory(pid) for pid in children(node.pid)]}
        finally:
            node.send_signal(signal.SIGTERM)
            node.wait()
    print(f"{os.path.basename(os.path.dirname(arguments.image))}, {image.Columns} × {image.Rows}, "
          f"{image.file_meta.TransferSyntaxUID.name}, {arguments.rounds} rounds\n")
    print("| | median, s | range, s |\n| --- | ---: | ---: |")
    for name in rounds[0]:
        values = [times.get(name, 0.0) for times in rounds[1:]]
        print(f"| {name} | {statistics.median(values):.3f} | {min(values):.3f}–{max(values):.3f} |")
    for name, values in memory.items():
        print(f"| peak resident memory of the {name}, MiB | {max(values):.0f} | |")


if __name__ == "__main__":
    main()
