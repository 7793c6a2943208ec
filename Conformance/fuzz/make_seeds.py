#!/usr/bin/env python3
"""What libFuzzer begins with where its inputs are files behind a byte that chooses what is done with them: the tests' own
files and a few small ones made here.

    .venv/bin/python Conformance/fuzz/make_seeds.py dcmtk|images|weights|yaml FOLDER"""

import io
import pickle
import struct
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENCODINGS = {"1.2.840.10008.1.2": 0, "1.2.840.10008.1.2.1": 1, "1.2.840.10008.1.2.2": 2}
#: By transfer syntax, as dcmtk.cpp counts codecs from 4 on.
CODECS = {
    "1.2.840.10008.1.2.4.50": 4, "1.2.840.10008.1.2.4.51": 5, "1.2.840.10008.1.2.4.55": 6,
    "1.2.840.10008.1.2.4.57": 7, "1.2.840.10008.1.2.4.70": 7, "1.2.840.10008.1.2.4.80": 8,
    "1.2.840.10008.1.2.4.81": 8, "1.2.840.10008.1.2.5": 9, "1.2.840.10008.1.2.4.90": 10,
    "1.2.840.10008.1.2.4.91": 10, "1.2.840.10008.1.2.4.201": 10, "1.2.840.10008.1.2.4.202": 10,
    "1.2.840.10008.1.2.4.203": 10,
}


def of_dataset(data: bytes):
    import pydicom
    from pydicom.encaps import generate_fragments

    dataset = pydicom.dcmread(io.BytesIO(data))
    syntax = dataset.file_meta.TransferSyntaxUID
    start = 144 + dataset.file_meta.FileMetaInformationGroupLength
    yield bytes([ENCODINGS.get(syntax, 3)]) + data[start:]
    if syntax in CODECS and "PixelData" in dataset:
        flags = (dataset.SamplesPerPixel == 3) | (dataset.BitsAllocated == 16) << 1 | dataset.PixelRepresentation << 2
        form = bytes([(dataset.Rows - 1) % 64, (dataset.Columns - 1) % 64, flags, dataset.BitsStored - 1])
        for fragment in list(generate_fragments(dataset.PixelData))[1:3]:
            yield bytes([CODECS[syntax]]) + form + fragment


def dcmtk():
    for path in sorted((ROOT / "Tests/Corpus").rglob("*.dcm")):
        try:
            yield from of_dataset(path.read_bytes())
        except Exception:  # Many of the corpus are no data sets that pydicom reads.
            continue


def png(width, height, depth, colour, interlaced=0, extra=b""):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = bytes(1 + (width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] + 7) // 8)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
        + extra + (chunk(b"PLTE", bytes(range(48))) if colour == 3 else b"")
        + chunk(b"IDAT", zlib.compress(row * min(height, 64))) + chunk(b"IEND", b""))


def images():
    for path in sorted((ROOT / "Tests/ImagingTests/Fixtures").iterdir()):
        if path.suffix in (".png", ".jpg") and path.stat().st_size < 16384:
            yield b"\0" + path.read_bytes()
    for depth, colour in [(1, 0), (2, 0), (4, 0), (16, 0), (8, 2), (16, 2), (4, 3), (8, 4), (16, 4), (8, 6), (16, 6)]:
        yield b"\1" + png(9, 7, depth, colour)
        yield b"\1" + png(9, 7, depth, colour, interlaced=1)
    yield b"\1" + png(60000, 60000, 16, 6)
    jpeg = (ROOT / "Tests/ImagingTests/Fixtures/rgb.jpg").read_bytes()
    size = jpeg.index(b"\xff\xc0") + 5
    yield b"\0" + jpeg[:size] + struct.pack(">HH", 60000, 60000) + jpeg[size + 4:]
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    yield b"\0" + jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + jpeg[2:]


def weights():
    for path in sorted((ROOT / "Tests/NeuralNetworksTests/Fixtures").rglob("*")):
        if path.suffix in (".pth", ".safetensors") and path.stat().st_size < 8192:
            data = path.read_bytes()
            yield b"\0" + data
            start = data.find(b"\x80\x02")  # a pickle within its archive, stored as it is
            if path.suffix == ".pth" and start >= 0:
                yield b"\1" + data[start:]
    for protocol in range(2, 6):
        yield b"\1" + pickle.dumps({"a": [1, -2, 1 << 40, 0.5, None, True], "b": ("c", {"d": []})}, protocol)


def yaml():
    for folder in sorted((ROOT / "Models").iterdir()):
        yield b"\1" + (folder / "bundle.yaml").read_bytes()
        yield b"\2" + (folder / "texture-profiles.yaml").read_bytes()
    text = (ROOT / "docs/CONFIGURATION.md").read_text()
    for part in text.split("```yaml\n")[1:]:
        yield b"\0" + part.split("```")[0].encode()


def main():
    target, folder = {made.__name__: made for made in (dcmtk, images, weights, yaml)}[sys.argv[1]], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target()):
        if len(seed) < 1 << 18:
            (folder / f"{number:03}").write_bytes(seed)


if __name__ == "__main__":
    main()
