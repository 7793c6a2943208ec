"""Orthanc behind a proxy that can be slow, shut, or cut connections in the middle of a transfer."""

import json
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

from gateway import free_port, wait


class Proxy:
    """`mode`: open, shut (connections are closed at once), slow, or cut (after some thousand bytes)."""

    def __init__(self, target: int):
        self.port, self.target, self.mode = free_port(), target, "open"
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            if self.mode == "shut":
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source, sink):
        passed = 0
        try:
            while data := source.recv(4096):
                passed += len(data)
                if self.mode == "slow":
                    time.sleep(0.05)
                if self.mode == "cut" and passed > 20_000:
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Orthanc:
    def __init__(self, folder: Path):
        self.folder = folder / "orthanc"
        self.folder.mkdir()
        self.dicom, self.http = free_port(), free_port()
        self.configuration = self.folder / "orthanc.json"
        self.configuration.write_text(json.dumps({
            "Name": "pacs", "StorageDirectory": str(self.folder), "IndexDirectory": str(self.folder),
            "HttpPort": self.http, "DicomPort": self.dicom, "DicomAet": "PACS", "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False, "DicomCheckCalledAet": False, "DicomAlwaysAllowStore": True,
            "UnknownSopClassAccepted": True, "OverwriteInstances": False, "Plugins": []}))
        self.log = open(folder / "orthanc.log", "ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen(["Orthanc", str(self.configuration)], stdout=self.log, stderr=self.log)
        wait("Orthanc", 60, self._answers)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            return bool(self.get("/system"))
        except OSError:
            return False

    def get(self, path: str):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10) as answer:
            return json.load(answer)

    def instances(self) -> dict[str, list[str]]:
        """SOP Instance UIDs by Study Instance UID."""
        studies = {row["ID"]: row["MainDicomTags"]["StudyInstanceUID"] for row in self.get("/studies?expand")}
        series = {row["ID"]: studies[row["ParentStudy"]] for row in self.get("/series?expand")}
        found: dict[str, list[str]] = {}
        for row in self.get("/instances?expand"):
            found.setdefault(series[row["ParentSeries"]], []).append(row["MainDicomTags"]["SOPInstanceUID"])
        return found
