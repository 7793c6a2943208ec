#!/usr/bin/env python3
"""How the built program bears load, one gateway without workers on an empty store:

    .venv/bin/python Conformance/load/run.py .build/release/hilum [--objects 5000] [--studies 10000]

Idle connections, idle associations with fifty that send beside them, small objects, and a start with many studies. Prints
one JSON object: objects a second, the time of a C-ECHO, memory, and how long the start takes."""

import argparse
import json
import random
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))

from gateway import free_port  # noqa: E402
from pydicom.dataset import FileMetaDataset  # noqa: E402
from pydicom.uid import ExplicitVRLittleEndian  # noqa: E402
from senders import RADIOGRAPH, radiograph, uid  # noqa: E402


class Loaded:
    """`hilum serve` with room for many associations, and no workers: reception alone is looked at."""

    def __init__(self, program: str, folder: Path):
        self.program, self.port = program, free_port()
        self.data, self.configuration = folder / "data", folder / "hilum.yaml"
        self.configuration.write_text(
            f"node: {{ae_titles: [HILUM], host: 127.0.0.1, port: {self.port}, limits: {{associations: 700,"
            " associations_per_peer: 700, idle_seconds: 600}}\n"
            f"storage: {{folder: {self.data}}}\nassembly: {{quiet_seconds: 3600, longest_wait_seconds: 7200}}\nanalysis: {{workers: 0}}\n")
        self.log = open(folder / "gateway.log", "ab")

    def start(self) -> float:
        """Seconds until it listens."""
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", str(self.configuration)], stdout=subprocess.PIPE, stderr=self.log)
        if b"listening" not in self.process.stdout.readline():
            sys.exit("load: hilum serve did not say that it listens")
        return time.monotonic() - begun

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def studies(self) -> int:
        said = subprocess.run(
            [self.program, "queue", "list", "--json", "--limit", "1000000", "--config", str(self.configuration)],
            capture_output=True, text=True, check=True)
        return said.stdout.count('"row":"study"')

    def memory(self) -> float:
        """Resident, in MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return round(int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024, 1)

    def echo(self, times=20) -> dict:
        """Milliseconds of DCMTK's `echoscu`, from its start to its end."""
        milliseconds = []
        for _ in range(times):
            begun = time.monotonic()
            subprocess.run(["env", "TCP_NODELAY=1", "echoscu", "-aec", "HILUM", "127.0.0.1", str(self.port)], check=True)
            milliseconds.append(1000 * (time.monotonic() - begun))
        return {"median": round(statistics.median(milliseconds), 1), "longest": round(max(milliseconds), 1)}


def item(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(content)) + content


def associate(port: int) -> socket.socket:
    """An association that says nothing more (PS3.8 §9.3.2)."""
    context = item(0x30, RADIOGRAPH.encode()) + item(0x40, ExplicitVRLittleEndian.encode())
    content = struct.pack(">HH16s16s32x", 1, 0, b"HILUM".ljust(16), b"IDLE".ljust(16))
    content += item(0x10, b"1.2.840.10008.3.1.1.1") + item(0x20, bytes([1, 0, 0, 0]) + context)
    content += item(0x50, item(0x51, struct.pack(">I", 16384)) + item(0x52, b"1.2.3"))
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(struct.pack(">BBI", 1, 0, len(content)) + content)
    if connection.recv(6)[:1] != b"\x02":
        sys.exit("load: an association was not accepted")
    return connection


def make_files(folder: Path, draw: random.Random, shares: int, objects: int, images: int) -> list[Path]:
    """Folders of so many objects together, `images` of a study in one after the other."""
    folders = [folder / str(number) for number in range(shares)]
    for each in folders:
        each.mkdir(parents=True)
    data = radiograph(draw, uid(draw))
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = RADIOGRAPH
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for number in range(objects):
        if number % images == 0:
            data.StudyInstanceUID = uid(draw)
            data.SeriesInstanceUID = f"{data.StudyInstanceUID}.1"
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = uid(draw)
        data.save_as(folders[number // images % shares] / f"{number}.dcm", enforce_file_format=True)
    return folders


def send(node: "Loaded", folders: list[Path], objects: int) -> float:
    """Objects a second, by a `storescu` for each folder."""
    begun = time.monotonic()
    running = [
        subprocess.Popen(["env", "TCP_NODELAY=1", "storescu", "+sd", "-aec", "HILUM", "127.0.0.1", str(node.port), str(folder)])
        for folder in folders]
    if any([process.wait() for process in running]):
        sys.exit("load: an object was refused")
    return round(objects / (time.monotonic() - begun), 1)


def idle_connections(node: Loaded, count: int) -> dict:
    """From 127.0.0.2 and 127.0.0.3, since one address may hold half of what may be open."""
    sockets = []
    for number in range(count):
        sockets.append(socket.create_connection(
            ("127.0.0.1", node.port), source_address=(f"127.0.0.{2 + number % 2}", 0)))
    result = {"connections": count, "echo_ms": node.echo(), "memory_mib": node.memory()}
    for each in sockets:
        each.close()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hilum")
    parser.add_argument("--objects", type=int, default=5000)
    parser.add_argument("--studies", type=int, default=10_000)
    options = parser.parse_args()
    draw = random.Random(1)
    result = {}
    with tempfile.TemporaryDirectory(prefix="hilum-load-") as name:
        node = Loaded(options.hilum, Path(name))
        result["start_of_an_empty_store_s"] = round(node.start(), 2)
        result["at_rest"] = {"echo_ms": node.echo(), "memory_mib": node.memory()}
        result["idle_connections"] = idle_connections(node, 500)
        idle = [associate(node.port) for _ in range(500)]
        files = make_files(Path(name) / "fifty", draw, shares=50, objects=1000, images=1)
        rate = send(node, files, 1000)
        result["associations"] = {
            "idle": len(idle), "sending": 50, "objects_per_s": rate, "echo_ms": node.echo(),
            "memory_mib": node.memory()}
        for connection in idle:
            connection.close()
        files = make_files(Path(name) / "small", draw, shares=4, objects=options.objects, images=50)
        result["small_objects"] = {
            "objects": options.objects, "objects_per_s": send(node, files, options.objects),
            "memory_mib": node.memory()}
        missing = max(0, options.studies - node.studies())
        send(node, make_files(Path(name) / "many", draw, shares=4, objects=missing, images=1), missing)
        node.stop()
        result["many_studies"] = {"studies": node.studies(), "start_s": round(node.start(), 2)}
        result["many_studies"] |= {"echo_ms": node.echo(), "memory_mib": node.memory()}
        node.stop()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
