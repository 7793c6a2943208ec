"""A study that goes through a running node twice: once whole, once more when a late film has come."""
import contextlib
import pathlib
import queue
import socket
import subprocess

from pynetdicom import AE, AllStoragePresentationContexts, evt

# Seconds that a node may take to start, and a study to come back.
PATIENCE = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def archive():
    """A storage SCP that takes everything, and the queue of what it took."""
    taken = queue.Queue()

    def store(event):
        data = event.dataset
        data.file_meta = event.file_meta
        taken.put(data)
        return 0x0000

    entity = AE("PACS")
    for context in AllStoragePresentationContexts:
        entity.add_supported_context(context.abstract_syntax, ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"])
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
    try:
        yield server.socket.getsockname()[1], taken
    finally:
        server.shutdown()


@contextlib.contextmanager
def node(hilum, folder, archive_port):
    port = free_port()
    configuration = folder / "hilum.yaml"
    configuration.write_text(f"""
node: {{ae_titles: [HILUM], host: 127.0.0.1, port: {port}}}
storage: {{folder: {folder}/data}}
assembly: {{quiet_seconds: 1}}
destinations:
  - {{name: pacs, ae_title: PACS, host: 127.0.0.1, port: {archive_port}}}
""")
    with open(folder / "serve.log", "w") as log:
        process = subprocess.Popen([hilum, "serve", "--config", configuration], stdout=log, stderr=log)
    try:
        echo = [hilum, "echo", "127.0.0.1", str(port), "--called", "HILUM"]
        for _ in range(PATIENCE):
            if subprocess.run(echo, capture_output=True).returncode == 0:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
                raise SystemExit(f"pictures: the node ended; see {log.name}")
        yield port
    finally:
        process.terminate()
        process.wait()


def results(taken, description):
    """What comes until an object whose Series Description starts so, that object last."""
    came = []
    while not came or not came[-1].SeriesDescription.startswith(description):
        came.append(taken.get(timeout=PATIENCE))
    return came


def revised(hilum, folder, study):
    """The pictures of both revisions."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    with archive() as (archive_port, taken), node(hilum, folder, archive_port) as port:
        for files in (study.files, study.later):
            subprocess.run([hilum, "send", "127.0.0.1", str(port), "--called", "HILUM", *files], check=True,
                           stdout=subprocess.DEVNULL)
            picture = results(taken, "Hilum chest summary picture")[-1]
            path = pathlib.Path(folder / f"picture-{len(pictures) + 1}.dcm")
            picture.save_as(path, enforce_file_format=True)
            pictures.append(path)
    return pictures
