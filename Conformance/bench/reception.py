#!/usr/bin/env python3
"""Speed of reception: `hilum serve` (durable before it answers) against Orthanc as installed (whose Success also means
database and disk), DCMTK's `storescp +B` (TCP_NODELAY=1, no fsync), and the disk alone with Hilum's fsyncs. Rounds alternate; every run writes the CT series to an empty
folder. What it wrote leaves the page cache at its end and the disk at the very end: ext4 passes over inodes that were
freed in the last minutes one by one, and would make each run pay for its predecessor's removal. Before the first, memory
is set aside that a virtual machine's host does not take back (`settle_memory`).

    .venv/bin/python Conformance/bench/reception.py [.build/release/hilum] [--rounds 5] [--slices 300] [--former PROGRAM]

Prints one JSON object: medians and ranges in seconds, ratios, and the listener's peak resident memory in MiB. Goal:
`one_association_vs_orthanc` and `four_associations_vs_orthanc`, Hilum's objects a second in Orthanc's, at least 3.
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

ENVIRONMENT = {**os.environ, "TCP_NODELAY": "1"}


def make_series(folder, slices):
    """CT slices of 512², 16 bit allocated; returns their paths."""
    os.makedirs(folder)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    base = numpy.random.default_rng(1).integers(0, 4096, (512, 512), dtype=numpy.uint16)
    paths = []
    for number in range(slices):
        d = Dataset()
        d.SOPClassUID, d.SOPInstanceUID = CTImageStorage, generate_uid()
        d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = study, series, frame
        d.PatientName, d.PatientID, d.PatientBirthDate, d.PatientSex = "Bench^Phantom", "BENCH", "", "O"
        d.StudyDate, d.StudyTime, d.StudyID, d.AccessionNumber = "20200101", "120000", "1", ""
        d.ReferringPhysicianName, d.Manufacturer, d.Modality = "", "bench", "CT"
        d.SeriesNumber, d.InstanceNumber, d.ImageType = 1, number + 1, ["ORIGINAL", "PRIMARY", "AXIAL"]
        d.ImagePositionPatient, d.ImageOrientationPatient = [-180, -180, float(number)], [1, 0, 0, 0, 1, 0]
        d.PixelSpacing, d.SliceThickness, d.KVP = [0.7, 0.7], 1, 120
        d.RescaleIntercept, d.RescaleSlope = -1024, 1
        d.Rows = d.Columns = 512
        d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, 0
        d.SamplesPerPixel, d.PhotometricInterpretation = 1, "MONOCHROME2"
        d.PixelData = numpy.roll(base, number, 0).tobytes()
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = d.SOPClassUID, d.SOPInstanceUID
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        d.file_meta = meta
        paths.append(os.path.join(folder, f"{number:04}.dcm"))
        d.save_as(paths[-1], enforce_file_format=True)
    return paths


def send(paths, port, title, associations):
    """Seconds from the first storescu's start to the last one's end."""
    begin = time.perf_counter()
    senders = [
        subprocess.Popen(
            ["storescu", "-aec", title, "127.0.0.1", str(port), *paths[share::associations]], env=ENVIRONMENT)
        for share in range(associations)
    ]
    failed = [sender for sender in senders if sender.wait() != 0]
    seconds = time.perf_counter() - begin
    if failed:
        sys.exit(f"reception: {len(failed)} of {associations} storescu failed against {title} on port {port}")
    return seconds


def wait_for_port(port, process):
    for _ in range(600):
        if process.poll() is not None:
            sys.exit(f"reception: {process.args[0]} ended with {process.returncode} before it listened")
        if subprocess.run(["echoscu", "-aec", "HILUM", "127.0.0.1", str(port)], capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    sys.exit(f"reception: nothing answers on port {port}")


def peak_memory(process):
    with open(f"/proc/{process.pid}/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def forget(folder):
    """Takes the folder's files out of the page cache."""
    os.sync()
    for parent, _, names in os.walk(folder):
        for name in names:
            file = os.open(os.path.join(parent, name), os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def settle_memory(work, mebibytes=1024):
    """A host may take back the memory that its virtual machine frees, in blocks of 2 MiB and more; the first touch of
    such a page then costs 10 µs, more than all that a run does with it, and hits one run and not the next. A file of which
    every second MiB stays in the page cache leaves free blocks of 1 MiB, which are not taken, and which the kernel
    hands out first."""
    file = os.open(os.path.join(work, "ballast"), os.O_CREAT | os.O_WRONLY)
    block = bytes(1 << 20)
    for _ in range(mebibytes):
        os.write(file, block)
    os.fsync(file)
    for number in range(0, mebibytes, 2):
        os.posix_fadvise(file, number << 20, 1 << 20, os.POSIX_FADV_DONTNEED)
    os.close(file)


def with_storescp(work, paths, associations, port):
    out = tempfile.mkdtemp(prefix="storescp-", dir=work)
    listener = subprocess.Popen(["storescp", "+B", "-od", out, str(port)], env=ENVIRONMENT)
    try:
        wait_for_port(port, listener)
        seconds = send(paths, port, "STORESCP", associations)
        count, memory = len(os.listdir(out)), peak_memory(listener)
    finally:
        listener.terminate()
        listener.wait()
        forget(out)
    return seconds, count, memory


def with_hilum(hilum, work, paths, associations, port):
    out = tempfile.mkdtemp(prefix="hilum-", dir=work)
    command = hilum + ["serve", "--storage", out, "--port", str(port), "--workers", "0"]
    listener = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        if b"listening on" not in listener.stdout.readline():
            sys.exit("reception: hilum serve did not say that it listens")
        seconds = send(paths, port, "HILUM", associations)
        count = sum(len(files) for _, _, files in os.walk(os.path.join(out, "objects")))
        memory = peak_memory(listener)
    finally:
        listener.send_signal(signal.SIGTERM)
        listener.wait()
        forget(out)
    return seconds, count, memory


def with_orthanc(work, paths, associations, port):
    out = tempfile.mkdtemp(prefix="orthanc-", dir=work)
    configuration = os.path.join(out, "orthanc.json")
    with open(configuration, "w") as file:
        json.dump({
            "StorageDirectory": out, "IndexDirectory": out, "HttpPort": port + 1, "DicomPort": port,
            "DicomAet": "HILUM", "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
            "DicomAlwaysAllowStore": True, "Plugins": []}, file)
    listener = subprocess.Popen(["Orthanc", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, listener)
        seconds = send(paths, port, "HILUM", associations)
        with urllib.request.urlopen(f"http://127.0.0.1:{port + 1}/statistics") as answer:
            count = json.load(answer)["CountInstances"]
        memory = peak_memory(listener)
    finally:
        listener.terminate()
        listener.wait()
        forget(out)
    return seconds, count, memory


def disk_alone(work, paths):
    """The same bytes and fsyncs by one thread: file, folder, and a record of 16 KiB as the database's log gets."""
    contents = [open(path, "rb").read() for path in paths]
    out = tempfile.mkdtemp(prefix="disk-", dir=work)
    os.makedirs(os.path.join(out, "incoming"))
    os.makedirs(os.path.join(out, "objects"))
    log = os.open(os.path.join(out, "log"), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    record = b"r" * 16384
    begin = time.perf_counter()
    for number, content in enumerate(contents):
        temporary = os.path.join(out, "incoming", str(number))
        file = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        os.write(file, content)
        os.fsync(file)
        os.close(file)
        os.rename(temporary, os.path.join(out, "objects", str(number)))
        folder = os.open(os.path.join(out, "objects"), os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        os.write(log, record)
        os.fdatasync(log)
    seconds = time.perf_counter() - begin
    os.close(log)
    forget(out)
    return seconds


def summary(seconds):
    return {"median": round(statistics.median(seconds), 3), "range": [round(min(seconds), 3), round(max(seconds), 3)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hilum", nargs="?", default=".build/release/hilum", help="the program, optimised")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--former", help="another version of it, measured beside")
    parser.add_argument("--folder", help="on the disk to measure; the system's temporary folder if not named")
    parser.add_argument("--port", type=int, default=21400)
    arguments = parser.parse_args()
    versions = {"hilum": arguments.hilum.split()}
    if arguments.former:
        versions["former"] = arguments.former.split()
    times = {"disk": []}
    memory = 0.0
    with tempfile.TemporaryDirectory(prefix="hilum-bench-", dir=arguments.folder) as work:
        paths = make_series(os.path.join(work, "series"), arguments.slices)
        settle_memory(work)
        megabytes = sum(os.path.getsize(path) for path in paths) / 1e6
        for _ in range(arguments.rounds):
            times["disk"].append(disk_alone(work, paths))
            for associations in (1, 4):
                runs = {
                    "storescp": lambda: with_storescp(work, paths, associations, arguments.port),
                    "orthanc": lambda: with_orthanc(work, paths, associations, arguments.port + 2),
                } | {
                    name: lambda program=program: with_hilum(program, work, paths, associations, arguments.port + 1)
                    for name, program in versions.items()
                }
                for name, run in runs.items():
                    seconds, count, peak = run()
                    if count != len(paths):
                        sys.exit(f"reception: {name} kept {count} of {len(paths)} objects")
                    times.setdefault(f"{name}_{associations}", []).append(seconds)
                    memory = max(memory, peak if name == "hilum" else 0)
    median = {name: statistics.median(seconds) for name, seconds in times.items()}
    print(json.dumps({
        "slices": arguments.slices, "megabytes": round(megabytes, 1), "rounds": arguments.rounds,
        "seconds": {name: summary(seconds) for name, seconds in times.items()},
        "one_association_vs_orthanc": round(median["orthanc_1"] / median["hilum_1"], 3),
        "four_associations_vs_orthanc": round(median["orthanc_4"] / median["hilum_4"], 3),
        "four_associations_vs_storescp": round(median["storescp_4"] / median["hilum_4"], 3),
        "one_association_vs_storescp": round(median["storescp_1"] / median["hilum_1"], 3),
        "one_association_vs_disk": round(median["hilum_1"] / median["disk"], 3),
        "listener_peak_mib": round(memory, 1),
    }, indent=2))


if __name__ == "__main__":
    main()
