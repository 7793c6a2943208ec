"""A Storage SCP that names the patient in each Error Comment, as some archives do: it refuses reports for good, and pictures
once before it takes them with a warning. Usage: refuse_store.py PORT TITLE"""
import sys

from pydicom.dataset import Dataset
from pynetdicom import AE, AllStoragePresentationContexts, evt
from pynetdicom.sop_class import SecondaryCaptureImageStorage

pictures = {}


def store(event):
    data = event.dataset
    status = Dataset()
    status.ErrorComment = f"{data.PatientName} {data.PatientID} {data.PatientBirthDate}"[:64]
    if data.SOPClassUID != SecondaryCaptureImageStorage:
        status.Status = 0xC001
    else:
        seen = pictures[data.SOPInstanceUID] = pictures.get(data.SOPInstanceUID, 0) + 1
        status.Status = 0xA700 if seen < 2 else 0xB000
    return status


ae = AE(ae_title=sys.argv[2])
ae.supported_contexts = AllStoragePresentationContexts
ae.start_server(("127.0.0.1", int(sys.argv[1])), evt_handlers=[(evt.EVT_C_STORE, store)])
