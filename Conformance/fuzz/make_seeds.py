#!/usr/bin/env python3
"""What libFuzzer begins with for the bridge to DCMTK: data sets and codestreams of the tests' corpus, each behind the bytes
that dcmtk.cpp chooses by.

    .venv/bin/python Conformance/fuzz/make_seeds.py Tests/Corpus FOLDER"""

import sys
from io import BytesIO
from pathlib import Path

import pydicom
from pydicom.encaps import generate_fragments

ENCODINGS = {"1.2.840.10008.1.2": 0, "1.2.840.10008.1.2.1": 1, "1.2.840.10008.1.2.2": 2}
#: By transfer syntax, as dcmtk.cpp counts codecs from 4 on.
CODECS = {
    "1.2.840.10008.1.2.4.50": 4, "1.2.840.10008.1.2.4.51": 5, "1.2.840.10008.1.2.4.55": 6,
    "1.2.840.10008.1.2.4.57": 7, "1.2.840.10008.1.2.4.70": 7, "1.2.840.10008.1.2.4.80": 8,
    "1.2.840.10008.1.2.4.81": 8, "1.2.840.10008.1.2.5": 9, "1.2.840.10008.1.2.4.90": 10,
    "1.2.840.10008.1.2.4.91": 10, "1.2.840.10008.1.2.4.201": 10, "1.2.840.10008.1.2.4.202": 10,
    "1.2.840.10008.1.2.4.203": 10,
}


def seeds(data: bytes):
    dataset = pydicom.dcmread(BytesIO(data))
    syntax = dataset.file_meta.TransferSyntaxUID
    start = 144 + dataset.file_meta.FileMetaInformationGroupLength
    yield bytes([ENCODINGS.get(syntax, 3)]) + data[start:]
    if syntax in CODECS and "PixelData" in dataset:
        flags = (dataset.SamplesPerPixel == 3) | (dataset.BitsAllocated == 16) << 1 | dataset.PixelRepresentation << 2
        form = bytes([(dataset.Rows - 1) % 64, (dataset.Columns - 1) % 64, flags, dataset.BitsStored - 1])
        for fragment in list(generate_fragments(dataset.PixelData))[1:3]:
            yield bytes([CODECS[syntax]]) + form + fragment


def main():
    corpus, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(corpus.rglob("*.dcm")):
        try:
            found = list(seeds(path.read_bytes()))
        except Exception:  # Many of the corpus are no data sets that pydicom reads.
            continue
        for number, seed in enumerate(found):
            if len(seed) < 1 << 18:
                (folder / f"{path.stem}-{number}").write_bytes(seed)


if __name__ == "__main__":
    main()
