"""What can happen to a node. Each fault begins while studies are being sent, and is over when its function returns."""

import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path


class Faults:
    def __init__(self, gateway, pacs, proxy, senders, draw: random.Random, small_disk: bool):
        self.gateway, self.pacs, self.proxy, self.senders, self.draw = gateway, pacs, proxy, senders, draw
        self.kinds = [
            self.kill_gateway, self.kill_worker, self.kill_both, self.stop_gateway, self.freeze_gateway,
            self.freeze_worker, self.locked_database, self.lost_file, self.damaged_file, self.lost_result,
            self.pacs_down, self.pacs_shut, self.pacs_slow, self.pacs_cuts, self.clock_forward, self.clock_back,
        ]
        if small_disk:
            self.kinds += [self.full_disk, self.read_only_start]

    def pause(self, longest=2.0):
        time.sleep(self.draw.uniform(0, longest))

    def kill_gateway(self):
        self.pause()
        self.gateway.kill(with_workers=False)
        self.pause(0.5)
        self.gateway.start()

    def kill_worker(self):
        for _ in range(self.draw.randint(1, 3)):
            self.pause()
            self.gateway.signal(signal.SIGKILL, self.gateway.workers())

    def kill_both(self):
        self.pause()
        self.gateway.kill(with_workers=True)
        self.gateway.start()

    def stop_gateway(self):
        self.pause()
        self.gateway.stop()
        self.gateway.start()

    def freeze_gateway(self):
        self.pause()
        self.gateway.signal(signal.SIGSTOP, [self.gateway.process.pid])
        self.pause(3)
        self.gateway.signal(signal.SIGCONT, [self.gateway.process.pid])

    def freeze_worker(self):
        self.pause()
        workers = self.gateway.workers()
        self.gateway.signal(signal.SIGSTOP, workers)
        self.pause(3)
        self.gateway.signal(signal.SIGCONT, workers)

    def full_disk(self):
        """To the last page, for a while."""
        self.pause()
        filler = self.gateway.data.parent / "filler"
        try:
            with open(filler, "wb", buffering=0) as file:
                while file.write(bytes(1 << 16)):
                    pass
        except OSError:
            pass
        self.pause(4)
        filler.unlink()

    def locked_database(self):
        """By another process, for up to 20 s."""
        self.pause()
        other = sqlite3.connect(self.gateway.data / "hilum.sqlite", timeout=10, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(self.draw.choice([3, 8, 20]))
            other.execute("ROLLBACK")
        finally:
            other.close()

    def _paths(self, folder: str) -> list[Path]:
        return sorted((self.gateway.data / folder).rglob("*.dcm"))

    def _kept(self, change):
        """Changes some kept object's file; then its modality sends it again, as an operator would ask."""
        self.pause()
        files = self._paths("objects")
        if not files:
            return
        file = self.draw.choice(files[-8:])
        try:
            content = file.read_bytes()
        except OSError:
            return
        change(file)
        self.gateway.stop()
        self.gateway.start()
        for sop_instance, (_, data) in list(self.senders.acknowledged.items()):
            if content.endswith(data):
                self.senders.resend(sop_instance)

    def lost_file(self):
        self._kept(lambda file: file.unlink())

    def damaged_file(self):
        """Overwritten in the middle and cut at the end: another length is what a start sees."""
        def damage(file):
            with open(file, "r+b") as open_file:
                open_file.seek(2000)
                open_file.write(b"damaged")
                open_file.truncate(5000)
        self._kept(damage)

    def lost_result(self):
        self.pause()
        files = self._paths("results")
        if files:
            self.draw.choice(files[-10:]).unlink(missing_ok=True)
        self.gateway.stop()
        self.gateway.start()

    def pacs_down(self):
        self.pacs.stop()
        self.pause(6)
        self.pacs.start()

    def _proxy(self, mode: str):
        self.proxy.mode = mode
        self.pause(6)
        self.proxy.mode = "open"

    def pacs_shut(self):
        self._proxy("shut")

    def pacs_slow(self):
        self._proxy("slow")

    def pacs_cuts(self):
        self._proxy("cut")

    def read_only_start(self):
        """A start on a file system that may not be written fails, and the next one goes on."""
        self.pause()
        self.gateway.stop()
        disk = self.gateway.data.parent
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        self.gateway.start(wanted=False)
        time.sleep(2)
        self.gateway.stop()
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        self.gateway.start()

    def _clock(self, seconds: int):
        self.gateway.stop()
        self.gateway.start(fake_clock=True)
        threads = self.senders.send_studies(2)
        self.pause()
        self.gateway.jump(seconds)
        for thread in threads:
            thread.join()
        time.sleep(3)
        # The true time is a jump again.
        self.gateway.jump(0)
        time.sleep(2)
        self.gateway.stop()
        self.gateway.start()

    def clock_forward(self):
        self._clock(self.draw.choice([300, 86_400]))

    def clock_back(self):
        self._clock(self.draw.choice([-300, -86_400]))


def mount(folder: Path, mebibytes: int) -> bool:
    """A small disk, where that is allowed."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True).returncode == 0


def unmount(folder: Path):
    subprocess.run(["umount", "-l", str(folder)], check=True)
