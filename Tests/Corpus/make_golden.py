"""Writes pixels.csv and text.json: what pydicom (with pylibjpeg) makes of the files here.

    .venv/bin/python Tests/Corpus/make_golden.py

pixels.csv: SHA-256 of the stored values, little endian, C order, colour by pixel, all frames, before any modality or
display transformation; `tolerance` is 0 where decoders have to agree, 1 for DCT JPEG.
text.json: file -> tag -> values, of every attribute whose VR is in the character set.
"""
import csv, hashlib, json, warnings
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import get_decoder

warnings.simplefilter("ignore")
here = Path(__file__).parent
DCT = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"}


def pixels(path):
    dataset = pydicom.dcmread(path)
    syntax = dataset.file_meta.TransferSyntaxUID
    array, properties = get_decoder(syntax).as_array(dataset, raw=True)
    array = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<")))
    return {
        "path": path.relative_to(here).as_posix(),
        "shape": "x".join(map(str, array.shape)),
        "dtype": array.dtype.str[1:],
        "photometric": properties["photometric_interpretation"],
        "tolerance": 1 if syntax in DCT else 0,
        "sha256": hashlib.sha256(array.tobytes()).hexdigest(),
    }


def texts(dataset, prefix=""):
    found = {}
    for element in dataset:
        name = f"{prefix}{element.tag.group:04x},{element.tag.element:04x}"
        if element.VR == "SQ":
            for index, item in enumerate(element.value):
                found |= texts(item, f"{name}[{index}].")
        elif element.VR in ("PN", "LO", "SH", "UC", "LT", "ST", "UT") and element.value:
            values = element.value if element.VM > 1 else [element.value]
            found[name] = [str(value) for value in values]
    return found


rows = [pixels(path) for path in sorted((here / "images").iterdir())]
with open(here / "pixels.csv", "w", newline="") as file:
    writer = csv.DictWriter(file, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)

golden = {}
for path in sorted((here / "charsets").iterdir()):
    dataset = pydicom.dcmread(path)
    dataset.decode()
    golden[path.name] = texts(dataset)
(here / "text.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
