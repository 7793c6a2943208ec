"""Shows results in Orthanc's web viewer, as a radiologist would open them, and keeps what the browser draws.

Usage: screenshots.py RESULTS OUTPUT
RESULTS: a folder with reports and pictures (of `hilum analyze --output`); OUTPUT: the folder for the PNG files,
viewer-study.png and viewer-picture.png of the first study and so on. Run it with .venv/bin/python; it needs Debian's
packages orthanc, orthanc-webviewer and chromium, which no other test needs.
"""
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from PIL import Image

PLUGIN = pathlib.Path("/usr/share/orthanc/plugins/libOrthancWebViewer.so")
# Seconds that Orthanc may take to start.
PATIENCE = 30
SIZE = "1600,1000"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url, body=None):
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=10) as answer:
        return json.loads(answer.read())


def started(folder):
    """Orthanc with its web viewer, and its address."""
    port = free_port()
    configuration = {
        "Name": "viewer", "StorageDirectory": str(folder / "store"), "IndexDirectory": str(folder / "store"),
        "HttpPort": port, "DicomServerEnabled": False, "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
        "Plugins": [str(PLUGIN)], "WebViewer": {"CachePath": str(folder / "cache")},
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(configuration))
    log = open(folder / "orthanc.log", "w")
    process = subprocess.Popen(["Orthanc", str(file)], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    for _ in range(10 * PATIENCE):
        try:
            ask(address + "/system")
            return process, address
        except OSError:
            time.sleep(0.1)
    process.terminate()
    sys.exit(f"screenshots: Orthanc did not start:\n{(folder / 'orthanc.log').read_text()}")


def shoot(browser, page, png, folder):
    subprocess.run([
        browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={SIZE}",
        f"--user-data-dir={folder / 'browser'}", "--virtual-time-budget=20000", f"--screenshot={png}", page,
    ], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    Image.open(png).convert("RGB").quantize(256, Image.Quantize.FASTOCTREE).save(png, optimize=True)
    print(f"{png}: {png.stat().st_size >> 10} KiB")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    browser = shutil.which("chromium")
    if not PLUGIN.exists() or browser is None:
        sys.exit("screenshots: install Debian's packages orthanc-webviewer and chromium")
    results, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        process, address = started(folder)
        try:
            for file in sorted(results.rglob("*.dcm")):
                ask(address + "/instances", file.read_bytes())
            for number, study in enumerate(ask(address + "/studies?expand")):
                ending = f"-{number + 1}.png" if number else ".png"
                page = f"{address}/app/explorer.html#study?uuid={study['ID']}"
                shoot(browser, page, output / f"viewer-study{ending}", folder)
                for series in study["Series"]:
                    if ask(f"{address}/series/{series}")["MainDicomTags"]["Modality"] == "OT":
                        page = f"{address}/web-viewer/app/viewer.html?series={series}"
                        shoot(browser, page, output / f"viewer-picture{ending}", folder)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
