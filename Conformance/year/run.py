#!/usr/bin/env python3
"""A year of a node in an hour or two: small studies through a store with a limit, its clock set ahead day by day.

    .venv/bin/python Conformance/year/run.py .build/release/hilum [--studies 20000] [--days 365] [--table FILE]

Most studies are one lateral view, which is not analysable and of which the reports say so: everything but the networks runs.
One in `--analysed-every` is a frontal view and is analysed in full. For two thirds of the year nothing has a number of days, and
what was delivered goes when the limit is near; then the configuration is read again with days for images, results and events.
For a tenth of the year the destination is down, and it refuses some documents for good. Whatever the store removes is held
against what the destination has really accepted."""

import argparse
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))

from gateway import free_port, wait  # noqa: E402
from pydicom.dataset import FileMetaDataset  # noqa: E402
from pydicom.uid import ExplicitVRLittleEndian  # noqa: E402
from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts, evt  # noqa: E402
from senders import RADIOGRAPH, radiograph, uid  # noqa: E402

DAY = 86_400
SOURCE_DAYS, RESULT_DAYS, EVENT_DAYS = 30, 60, 90


class Destination:
    """Accepts quickly, keeps nothing but names, and refuses some studies' documents for good."""

    def __init__(self):
        self.port, self.server = free_port(), None
        #: How often each SOP Instance UID was accepted.
        self.accepted: dict[str, int] = {}
        self.refused: set[str] = set()
        self.entity = AE("PACS")
        # Pictures as they are written: decoding them for a destination takes memory of the listener that is another matter.
        for context in AllStoragePresentationContexts:
            self.entity.add_supported_context(context.abstract_syntax, ALL_TRANSFER_SYNTAXES)
        self.entity.maximum_associations = 20

    def start(self):
        self.server = self.entity.start_server(
            ("127.0.0.1", self.port), block=False, evt_handlers=[(evt.EVT_C_STORE, self.store)])

    def stop(self):
        if self.server:
            self.server.shutdown()
        self.server = None

    def store(self, event) -> int:
        if event.dataset.StudyInstanceUID in self.refused:
            return 0xC001
        name = event.request.AffectedSOPInstanceUID
        self.accepted[name] = self.accepted.get(name, 0) + 1
        return 0x0000


class Node:
    """`hilum serve` under a clock that this program sets."""

    def __init__(self, program: str, folder: Path, limit: int, destination: int):
        self.program, self.folder, self.data, self.limit = program, folder, folder / "data", limit
        self.port, self.destination = free_port(), destination
        self.configuration, self.clock = folder / "hilum.yaml", folder / "clock"
        self.library, self.days = folder / "clock.so", 0.0
        source = Path(__file__).resolve().parent.parent / "faults" / "clock.c"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(self.library), str(source)], check=True)
        self.log = open(folder / "gateway.log", "ab")
        self.configure("{}")
        self.set_clock(0)

    def configure(self, retention: str):
        self.configuration.write_text(
            f"node: {{ae_titles: [HILUM], host: 127.0.0.1, port: {self.port}}}\n"
            f"storage: {{folder: {self.data}, limit: {self.limit}}}\nretention: {retention}\n"
            "assembly: {quiet_seconds: 1}\nanalysis: {workers: 1}\nlogging: {level: notice}\n"
            f"destinations:\n  - {{name: pacs, host: 127.0.0.1, port: {self.destination}, ae_title: PACS, report: enhanced}}\n")

    def set_clock(self, days: float):
        self.days = days
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(f"{int(days * DAY):+d}")
        # A process that reads it meanwhile must not find half of it, and fall back by months.
        fresh.replace(self.clock)

    @property
    def environment(self) -> dict:
        return dict(os.environ) | {"LD_PRELOAD": str(self.library), "HILUM_CLOCK": str(self.clock)}

    def start(self) -> float:
        """Seconds until it listens."""
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", str(self.configuration)], stdout=subprocess.PIPE, stderr=self.log,
            env=self.environment)
        if b"listening" not in self.process.stdout.readline():
            sys.exit("year: hilum serve did not say that it listens")
        return time.monotonic() - begun

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(120)

    def reload(self, retention: str):
        self.configure(retention)
        self.process.send_signal(signal.SIGHUP)

    def run(self, *arguments) -> tuple[str, float]:
        """What a command says, and how many seconds it takes."""
        begun = time.monotonic()
        said = subprocess.run(
            [self.program, *arguments, "--config", str(self.configuration)], capture_output=True, text=True, check=True,
            env=self.environment)
        return said.stdout, time.monotonic() - begun

    def ask(self, sql: str, *values) -> list:
        database = sqlite3.connect(f"file:{self.data}/hilum.sqlite?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def memory(self) -> tuple[float, float]:
        """MiB, resident: of the listener and of its worker, 0 where there is none at the moment."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return resident(self.process.pid), max([resident(int(child)) for child in children], default=0)

    def on_disk(self) -> int:
        """Bytes of blocks that its files take."""
        total = 0
        for folder, _, names in os.walk(self.data):
            for name in names:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_blocks * 512
                except FileNotFoundError:
                    pass
        return total

    def unfinished(self, with_deliveries: bool) -> int:
        """Studies and documents that somebody is still at."""
        open_studies = self.ask("SELECT count(*) FROM study WHERE state IN ('receiving', 'waiting')")[0][0]
        waiting = self.ask("SELECT count(*) FROM outgoing WHERE state IN ('waiting', 'sending')")[0][0]
        return open_studies + (waiting if with_deliveries else 0)


def resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0)


class Modality:
    def __init__(self, port: int, draw: random.Random, analysed_every: int):
        self.port, self.draw, self.analysed_every, self.sent = port, draw, analysed_every, 0
        self.busy = 0

    def study(self):
        data = radiograph(self.draw, uid(self.draw))
        if self.sent % self.analysed_every:
            data.ViewPosition = "LL"
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        self.sent += 1
        return data

    def send(self, studies) -> None:
        """All of them in one association, each until it is taken."""
        rest = list(studies)
        while rest:
            entity = AE("MODALITY")
            entity.add_requested_context(RADIOGRAPH, ExplicitVRLittleEndian)
            association = entity.associate("127.0.0.1", self.port, ae_title="HILUM")
            while rest and association.is_established:
                if getattr(association.send_c_store(rest[0]), "Status", None) != 0:
                    break
                rest.pop(0)
            if association.is_established:
                association.release()
            if rest:
                self.busy += 1
                time.sleep(1)


class Year:
    def __init__(self, options, folder: Path):
        self.options, draw = options, random.Random(options.seed)
        self.destination = Destination()
        self.limit = options.limit or max(64 << 20, (2 << 30) * options.studies // 20_000)
        self.node = Node(options.hilum, folder, self.limit, self.destination.port)
        self.modality = Modality(self.node.port, draw, options.analysed_every)
        self.samples: list[dict] = []
        self.complaints: list[str] = []

    def run(self):
        self.destination.start()
        first_start = self.node.start()
        begun = time.monotonic()
        for day in range(self.options.days):
            self.one_day(day)
        self.node.set_clock(self.options.days)
        self.destination.start() if not self.destination.server else None
        wait("peace", 1800, lambda: not self.node.unfinished(with_deliveries=True))
        self.check()
        seconds = time.monotonic() - begun
        shown, show_seconds = self.node.run("storage", "show")
        self.node.stop()
        starts = [first_start, self.node.start()]
        self.node.stop()
        return seconds, starts, show_seconds, shown

    def one_day(self, day: int):
        options, node = self.options, self.node
        begun = time.monotonic()
        down = options.days * 3 // 10 <= day < options.days * 4 // 10
        if down and self.destination.server:
            self.destination.stop()
        if not down and not self.destination.server:
            self.destination.start()
        if day == options.days * 2 // 3:
            node.reload(f"{{source_days: {SOURCE_DAYS}, result_days: {RESULT_DAYS}, event_days: {EVENT_DAYS}}}")
        wanted = options.studies * (day + 1) // options.days - self.modality.sent
        studies = [self.modality.study() for _ in range(wanted)]
        for data in studies:
            if self.modality.draw.random() < options.refused:
                self.destination.refused.add(data.StudyInstanceUID)
        node.set_clock(day)
        self.modality.send(studies)
        wait("the day's end", 1800, lambda: not node.unfinished(with_deliveries=not down))
        # The node sees each day come: a step over several at once is a clock that it doubts.
        time.sleep(max(0, 2.5 - (time.monotonic() - begun)))
        self.sample(day)
        if day % 10 == 9:
            self.check()
            last = self.samples[-1]
            print(
                f"day {day + 1}: {self.modality.sent} studies, {last['space'] >> 20} MiB, listener {last['listener']:.0f} MiB,"
                f" worker {last['worker']:.0f} MiB, queue {last['queue']:.2f} s", flush=True)

    def sample(self, day: int):
        listener, worker = self.node.memory()
        _, queue = self.node.run("queue", "list")
        space = self.node.on_disk()
        self.samples.append({"day": day, "listener": listener, "worker": worker, "queue": queue, "space": space})
        if space > self.limit:
            self.complain(f"day {day}: {space} bytes are more than the limit of {self.limit}")

    def complain(self, text: str):
        self.complaints.append(text)
        print(text, flush=True)

    def check(self):
        """Nothing went that the destination had not accepted."""
        documents = self.node.ask(
            """SELECT study.uid, object.sop_instance, outgoing.state FROM study
               JOIN job ON job.study = study.id AND job.revision = study.revision
               JOIN outgoing ON outgoing.job = job.id JOIN object ON object.id = outgoing.object
               WHERE study.keeps_sources = 0 OR study.keeps_results = 0""")
        for study, name, state in documents:
            if state != "delivered" or self.destination.accepted.get(name) != 1:
                times = self.destination.accepted.get(name, 0)
                self.complain(f"{study} was removed, and {name} is {state}, accepted {times} times")
        bare = self.node.ask(
            """SELECT uid FROM study WHERE (keeps_sources = 0 OR keeps_results = 0) AND NOT EXISTS (
                   SELECT 1 FROM job JOIN outgoing ON outgoing.job = job.id WHERE job.study = study.id)""")
        for (study,) in bare:
            self.complain(f"{study} was removed and never had a document")
        self.check_files()

    def check_files(self):
        """Rows and files agree."""
        rows = self.node.ask("SELECT path, removed_at IS NULL, lost FROM object")
        pending = {path for (path,) in self.node.ask("SELECT path FROM removal")}
        for path, kept, lost in rows:
            if lost:
                self.complain(f"{path} is lost")
            if path not in pending and (self.node.data / path).exists() != bool(kept):
                # It may have gone since the rows were read.
                if kept and self.node.ask("SELECT 1 FROM object WHERE path = ? AND removed_at IS NOT NULL", path):
                    continue
                self.complain(f"{path} is {'not there' if kept else 'there'}, and its row says otherwise")

    # What came of it.

    def table(self, seconds: float, starts: list[float], show_seconds: float) -> str:
        ask, samples = self.node.ask, self.samples
        count = lambda sql: ask(sql)[0][0]
        half = len(samples) // 2
        removed = {why: count(f"SELECT count(*) FROM study WHERE sources_removed_why = '{why}'") for why in ("space", "age")}
        results = {why: count(f"SELECT count(*) FROM study WHERE results_removed_why = '{why}'") for why in ("space", "age")}
        analysed = count("SELECT count(*) FROM job WHERE verdict = 'analysed'")
        undelivered = count("SELECT count(DISTINCT job) FROM outgoing WHERE state = 'dead'")
        database = (self.node.data / "hilum.sqlite").stat().st_size
        largest = max(sample["space"] for sample in samples)
        memory = lambda name: (
            f"{max(sample[name] for sample in samples):.0f} MiB at most; median of the first half"
            f" {statistics.median(sample[name] for sample in samples[:half]):.0f}, of the second"
            f" {statistics.median(sample[name] for sample in samples[half:]):.0f}")
        queue = [sample["queue"] for sample in samples]
        events, counted = count("SELECT count(*) FROM event"), count("SELECT ifnull(sum(number), 0) FROM event_day")
        rows = [
            ("studies", f"{self.modality.sent} in {self.options.days} days, {seconds / 3600:.2f} h"),
            ("of them", f"{analysed} analysed in full, the others not analysable (a lateral view) and reported as such"),
            ("limit, the most that was taken", f"{self.limit >> 20} MiB, {largest / (1 << 20):.0f} MiB"),
            ("received objects removed, of studies", f"{removed['space']} for space, {removed['age']} by age"),
            ("results removed, of studies", f"{results['space']} for space, {results['age']} by age"),
            ("removed before every destination accepted it", f"{len(self.complaints)} complaints"),
            ("studies with a refused document", f"{undelivered}, all kept"),
            ("times that a modality was told to wait", str(self.modality.busy)),
            ("listener", memory("listener")), ("worker", memory("worker")),
            ("`hilum queue`", f"{statistics.median(queue):.3f} s, {max(queue):.3f} s at most, {queue[-1]:.3f} s at the end"),
            ("`hilum storage`", f"{show_seconds:.2f} s at the end"),
            ("a start", f"{starts[0]:.2f} s with an empty store, {starts[1]:.2f} s at the end"),
            ("database", f"{database / (1 << 20):.1f} MiB, {database / self.modality.sent / 1024:.1f} KiB a study;"
                         f" {events} events, and {counted} as numbers a day"),
        ]
        return "\n".join(["| | |", "| --- | --- |"] + [f"| {name} | {value} |" for name, value in rows]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hilum")
    parser.add_argument("--studies", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--limit", type=int, help="bytes; without it 2 GiB for 20,000 studies")
    parser.add_argument("--analysed-every", type=int, default=10)
    parser.add_argument("--refused", type=float, default=0.001, help="share of studies whose documents are refused")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", type=Path, help="write the table into this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hilum-year-") as name:
        year = Year(options, Path(name))
        try:
            seconds, starts, show_seconds, shown = year.run()
            print(shown)
            table = year.table(seconds, starts, show_seconds)
            print(table)
        except BaseException:
            print((Path(name) / "gateway.log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            year.node.stop()
            year.destination.stop()
    if options.table:
        options.table.write_text(table)
    return 1 if year.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
