"""The built program as users run it, and ways to end it."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait(what, seconds, answer):
    """The first answer that is true; an error that names `what` when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = answer()
        if found:
            return found
        time.sleep(0.1)
    raise TimeoutError(f"{what} did not come in {seconds} s")


class Gateway:
    def __init__(self, program: str, folder: Path, pacs_port: int):
        self.program, self.folder, self.data = program, folder, folder / "disk" / "data"
        self.port = free_port()
        self.configuration = folder / "hilum.yaml"
        self.configuration.write_text(
            f"node: {{ae_titles: [HILUM], host: 127.0.0.1, port: {self.port}}}\n"
            f"storage: {{folder: {self.data}, low_watermark: {8 << 20}}}\n"
            # A full disk is one of the faults, and everything that was acknowledged is looked for afterwards.
            "retention: {watermark: 0}\n"
            "assembly: {quiet_seconds: 1}\n"
            "analysis: {workers: 1, threads: 1}\n"
            f"destinations:\n  - {{name: pacs, host: 127.0.0.1, port: {pacs_port}, ae_title: PACS}}\n"
        )
        self.log = open(folder / "gateway.log", "ab")
        self.process = None
        # Seconds that are added to the wall clock of a gateway and its workers.
        self.clock, self.clock_library = folder / "clock", folder / "clock.so"
        source = Path(__file__).with_name("clock.c")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(self.clock_library), str(source)], check=True)

    def start(self, fake_clock=False, wanted=True):
        """`wanted`: it has to come up; else it may end at once."""
        environment = dict(os.environ)
        if fake_clock:
            self.jump(0)
            environment |= {"LD_PRELOAD": str(self.clock_library), "HILUM_CLOCK": str(self.clock)}
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", str(self.configuration)], stdout=self.log, stderr=self.log,
            env=environment, start_new_session=True)
        if wanted:
            wait("the listener", 60, self.listens)

    def listens(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"the gateway ended with {self.process.returncode}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def jump(self, seconds: int):
        self.clock.write_text(f"{seconds:+d}")

    def workers(self) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout
        return [int(word) for word in found.split()]

    def signal(self, what, pids):
        for pid in pids:
            try:
                os.kill(pid, what)
            except ProcessLookupError:
                pass

    def kill(self, with_workers: bool):
        workers = self.workers() if with_workers else []
        self.signal(signal.SIGKILL, [self.process.pid] + workers)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def queue(self) -> list[dict]:
        said = subprocess.run(
            [self.program, "queue", "list", "--json", "--limit", "100000", "--config", str(self.configuration)],
            capture_output=True, text=True)
        if said.returncode:
            return []
        return [json.loads(line) for line in said.stdout.splitlines()]
