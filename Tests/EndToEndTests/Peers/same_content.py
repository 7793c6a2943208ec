"""same_content.py ORIGINAL STORED SYNTAX: exits with 0 when STORED is written in SYNTAX (UID) and says what ORIGINAL says:
every attribute but those that tell how pixels are encoded, and the pixels as they decode."""
import sys

import numpy
import pydicom

ENCODING = {0x00280004, 0x00280006, 0x7FE00010, 0xFFFCFFFC}


def lines(data_set):
    for element in data_set:
        # Implicit VR loses the VR of private attributes.
        if element.tag in ENCODING or element.tag.element == 0 or element.tag.is_private:
            continue
        if element.VR == "SQ":
            yield element.tag, [list(lines(item)) for item in element.value]
        else:
            yield element.tag, element.value


original, stored = (pydicom.dcmread(path) for path in sys.argv[1:3])
assert stored.file_meta.TransferSyntaxUID == sys.argv[3], stored.file_meta.TransferSyntaxUID.name
one, other = list(lines(original)), list(lines(stored))
assert one == other, [line[0] for line in one if line not in other][:5]
if "PixelData" in original:
    assert numpy.array_equal(original.pixel_array, stored.pixel_array), "other pixels"
