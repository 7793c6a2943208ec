"""Makes a misfit of a radiograph whose values name its patient in places where names don't belong, and prints nothing.
Usage: misfit.py KIND IN OUT WORD...; the words are the patient's name, id and birth date.

numbers:  words where numbers belong
short:    pixel data that ends early
uids:     the patient's id as Study Instance UID
part:     the patient's name as body part
dates:    words where dates, times and codes belong
fragment: an image of JPEG whose bytes are text
"""
import sys

import pydicom
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit

pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
kind, source, target = sys.argv[1:4]
name, identifier, birth = sys.argv[4:7]
data = pydicom.dcmread(source)


def put(tag, vr, value):
    data[tag] = pydicom.dataelem.RawDataElement(
        pydicom.tag.Tag(tag), vr, len(value), value.encode(), 0, False, True)


def text(value, length=16):
    value = value[:length]
    return value + " " * (len(value) % 2)


if kind == "numbers":
    put(0x00281050, "DS", text(name))
    put(0x00281051, "DS", text(identifier))
    put(0x00281052, "DS", text(name))
    put(0x00281053, "DS", text(identifier))
    put(0x00200013, "IS", text(name, 12))
    put(0x00181164, "DS", text(birth))
elif kind == "short":
    data.PixelData = (name + identifier + birth).encode() * 2
elif kind == "part":
    put(0x00180015, "CS", text(name.upper()))
elif kind == "uids":
    put(0x0020000D, "UI", text(identifier))
elif kind == "dates":
    put(0x00080020, "DA", text(name, 8))
    put(0x00080030, "TM", text(identifier, 8))
    put(0x00185101, "CS", text(name.upper()))
    put(0x00280004, "CS", text(identifier))
    put(0x00080005, "CS", text(identifier))
elif kind == "fragment":
    data.PixelData = encapsulate([(name + identifier + birth).encode() * 2])
    data.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    data["PixelData"].VR = "OB"
    data["PixelData"].is_undefined_length = True
data.save_as(target)
