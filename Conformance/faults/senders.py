"""Modalities: four associations at a time that send small radiographs and remember what was acknowledged."""

import random
import threading
from io import BytesIO

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.dsutils import encode

RADIOGRAPH = "1.2.840.10008.5.1.4.1.1.1.1"


def uid(draw: random.Random) -> str:
    return f"1.2.826.0.1.3680043.10.1.{draw.getrandbits(96)}"


def radiograph(draw: random.Random, study: str) -> Dataset:
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = RADIOGRAPH, uid(draw)
    data.Modality, data.Manufacturer, data.PatientName, data.PatientID = "DX", "Maker", "Fault^Test", "F1"
    data.StudyInstanceUID, data.SeriesInstanceUID = study, f"{study}.1"
    data.StudyDate, data.StudyTime, data.AccessionNumber, data.StudyID = "20260101", "120000", "", "1"
    data.PatientBirthDate, data.PatientSex, data.ReferringPhysicianName = "", "O", ""
    data.SeriesNumber, data.InstanceNumber, data.Laterality, data.ViewPosition = "1", "1", "", "PA"
    data.Rows = data.Columns = 96
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
    data.PixelData = numpy.random.default_rng(draw.getrandbits(32)).integers(0, 256, (96, 96), numpy.uint8).tobytes()
    return data


class Senders:
    def __init__(self, port: int, draw: random.Random):
        self.port, self.draw = port, draw
        #: What Success was heard for: its study and its bytes, by SOP Instance UID.
        self.acknowledged: dict[str, tuple[str, bytes]] = {}
        self.lock = threading.Lock()

    def send_studies(self, count=4, images=2) -> list[threading.Thread]:
        threads = []
        for _ in range(count):
            study = uid(self.draw)
            batch = [radiograph(self.draw, study) for _ in range(images)]
            threads.append(threading.Thread(target=self.send, args=(batch,)))
        for thread in threads:
            thread.start()
        return threads

    def send(self, batch: list[Dataset]):
        entity = AE("SENDER")
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 30
        entity.add_requested_context(RADIOGRAPH, ExplicitVRLittleEndian)
        association = entity.associate("127.0.0.1", self.port, ae_title="HILUM")
        if not association.is_established:
            return
        for data in batch:
            content = encode(data, False, True)
            data.file_meta = FileMetaDataset()
            data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            try:
                status = association.send_c_store(data)
            except RuntimeError:
                # The association has ended.
                return
            if "Status" in status and status.Status == 0:
                with self.lock:
                    self.acknowledged[data.SOPInstanceUID] = (data.StudyInstanceUID, content)
        association.release()

    def resend(self, sop_instance: str):
        """The modality sends an object again."""
        _, content = self.acknowledged[sop_instance]
        data = read_dataset(BytesIO(content), False, True)
        self.send([data])
