"""Begins a C-STORE, sends half of the data set and cuts the connection. Usage: abort_store.py PORT FILE"""
import io
import socket
import struct
import sys

import pydicom
from pynetdicom import AE
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE

port, path = int(sys.argv[1]), sys.argv[2]
data = pydicom.dcmread(path)
ae = AE(ae_title="CUTTER")
ae.add_requested_context(data.SOPClassUID, data.file_meta.TransferSyntaxUID)
association = ae.associate("127.0.0.1", port, ae_title="HILUM")
assert association.is_established, "no association"
with open(path, "rb") as file:
    whole = file.read()
start = 132 + 12 + data.file_meta.FileMetaInformationGroupLength
request = C_STORE()
request.MessageID, request.Priority = 1, 2
request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = data.SOPClassUID, data.SOPInstanceUID
request.DataSet = io.BytesIO(whole[start:])
message = C_STORE_RQ()
message.primitive_to_message(request)
fragments = list(message.encode_msg(association.accepted_contexts[0].context_id, 4096))
for fragment in fragments[: max(2, len(fragments) // 2)]:
    association.dul.send_pdu(fragment)
while not association.dul.to_provider_queue.empty():
    pass
association.dul.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
association.dul.socket.close()
association.kill()
