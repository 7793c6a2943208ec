"""Stores a data set with a sequence nested 10 000 deep and prints the status. Usage: store_deep.py PORT"""
import io
import struct
import sys

from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid
from pynetdicom import AE
from pynetdicom.dimse_primitives import C_STORE

DEPTH = 10_000


def short(group, element, vr, value):
    value += b"\0" * (len(value) % 2)
    return struct.pack("<HH2sH", group, element, vr, len(value)) + value


sequence = struct.pack("<HH2sHI", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF)
item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
item_end, sequence_end = struct.pack("<HHI", 0xFFFE, 0xE00D, 0), struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
instance = generate_uid()
data = short(8, 0x16, b"UI", SecondaryCaptureImageStorage.encode()) + short(8, 0x18, b"UI", instance.encode())
data += short(0x20, 0x0D, b"UI", generate_uid().encode()) + short(0x20, 0x0E, b"UI", generate_uid().encode())
data += (sequence + item) * DEPTH + (item_end + sequence_end) * DEPTH

ae = AE(ae_title="DEEP")
ae.add_requested_context(SecondaryCaptureImageStorage, ExplicitVRLittleEndian)
association = ae.associate("127.0.0.1", int(sys.argv[1]), ae_title="HILUM")
assert association.is_established, "no association"
request = C_STORE()
request.MessageID, request.Priority = 1, 2
request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = SecondaryCaptureImageStorage, instance
request.DataSet = io.BytesIO(data)
context = association.accepted_contexts[0].context_id
# As Association.send_c_store does: the association's own thread must not take the response away.
association._reactor_checkpoint.clear()
while not association._is_paused:
    pass
association.dimse.send_msg(request, context)
_, response = association.dimse.get_msg(block=True)
print(hex(response.Status) if response is not None and response.Status is not None else "aborted")
association._reactor_checkpoint.set()
association.release()
