"""The studies that the pictures are of: samples as they are, and what this file derives from them.

Nothing else is needed than the checkout. Every derived object says in its Derivation Description what was done.
"""
import csv
import dataclasses
import pathlib
import uuid
import zlib

import numpy as np
import pydicom
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "SampleStudies"
NAMESPACE = uuid.UUID("2b7c1f0e-5f4f-5d0a-8a43-0c5c4f8f6a21")


@dataclasses.dataclass
class Study:
    name: str
    # What was sent, whatever comes of it.
    sent: str
    files: list
    # Sent to a running node after its first report; what comes then replaces that report.
    later: list = dataclasses.field(default_factory=list)


def uid(name):
    return f"2.25.{uuid.uuid5(NAMESPACE, name).int}"


def sample(folder):
    return pydicom.dcmread(SAMPLES / folder / "image.dcm")


class Derived:
    """Writes objects that differ from a sample in what is said, and keeps the rest of its header."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, study, number, base, how, pixels=None, **attributes):
        """`how` goes into the object; `pixels`: 8-bit grey, the sample's own without them."""
        data = sample(base) if isinstance(base, str) else base
        pixels = data.pixel_array if pixels is None else pixels
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
        # A series is of one view.
        view = attributes.get("ViewPosition", "")
        data.StudyInstanceUID, data.SeriesInstanceUID = uid(study), uid(f"{study} series {view}")
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = uid(f"{study} {number}")
        data.InstanceNumber, data.DerivationDescription = number, how
        data.Rows, data.Columns = pixels.shape
        data.PixelData = np.ascontiguousarray(pixels).tobytes().ljust((pixels.size + 1) // 2 * 2, b"\0")
        data["PixelData"].VR = "OW"
        for name, value in attributes.items():
            setattr(data, name, value)
        path = self.folder / study / f"{number}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        data.save_as(path, enforce_file_format=True)
        return path


def as_they_are():
    return [
        Study(name, sent, sorted((SAMPLES / name).glob("*.dcm")))
        for name, sent in [
            ("cxr-lung-opacity", "bacterial pneumonia of a child"),
            ("cxr-viral-pneumonia", "viral pneumonia of a child"), ("cxr-covid19", "COVID-19"),
            ("cxr-normal", "a normal chest of a child"), ("cxr-turned", "a normal chest, turned"),
            ("ct-phantom", "a CT series of a phantom")]
    ]


def projection(axis):
    """A film of the CT phantom, as if X-rays went along an axis: nobody's lateral view."""
    slices = sorted((pydicom.dcmread(path) for path in (SAMPLES / "ct-phantom").glob("*.dcm")),
                    key=lambda d: -d.ImagePositionPatient[2])
    volume = np.stack([d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept) for d in slices])
    depth = np.clip(volume + 1000, 0, None).mean(axis=axis)
    film = np.repeat(depth, 4, axis=0)[: depth.shape[1]]
    return (255 * (film - film.min()) / np.ptp(film)).astype(np.uint8)


def noise(shape, seed):
    return np.random.default_rng(zlib.crc32(seed.encode())).integers(0, 256, shape, dtype=np.uint8)


def derived(folder):
    make = Derived(folder)
    covid, turned = sample("cxr-covid19").pixel_array, sample("cxr-turned").pixel_array
    torn = covid.copy()
    torn[len(torn) * 3 // 5:] = noise(torn[len(torn) * 3 // 5:].shape, "torn")
    frontal = {"ViewPosition": "PA", "BodyPartExamined": "CHEST"}
    one = Study("normal", "a normal chest of a child", [make.write(
        "normal", 1, "cxr-turned", "cxr-turned, turned back", np.rot90(turned, -1), PatientOrientation=["L", "F"],
        StudyDescription="Chest X-ray")])
    reviews = [
        Study("noise", "noise that is labelled CHEST PA", [make.write(
            "noise", 1, "cxr-covid19", "random numbers", noise(covid.shape, "noise"), **frontal,
            StudyDescription="Chest PA")]),
        Study("inverted", "COVID-19, grey levels inverted", [make.write(
            "inverted", 1, "cxr-covid19", "cxr-covid19, inverted", 255 - covid, **frontal)]),
        Study("torn", "COVID-19, two fifths of it noise", [make.write(
            "torn", 1, "cxr-covid19", "cxr-covid19, its lower part random", torn, **frontal)]),
        Study("mirrored", "COVID-19, mirrored, nothing stated", [make.write(
            "mirrored", 1, "cxr-covid19", "cxr-covid19, mirrored", covid[:, ::-1])]),
        Study("sides", "COVID-19, its header has the sides exchanged", [make.write(
            "sides", 1, "cxr-covid19", "cxr-covid19 with another Patient Orientation",
            PatientOrientation=["R", "F"])]),
    ]
    return [one] + reviews + several(make)


def several(make):
    first, second = ({"AcquisitionDate": "20260108", "AcquisitionTime": time} for time in ("0930", "1405"))
    viral = sample("cxr-viral-pneumonia").pixel_array
    films = [
        make.write("two-films", 1, "cxr-covid19", "cxr-viral-pneumonia", viral, ViewPosition="AP", **first),
        make.write("two-films", 2, "cxr-covid19", "cxr-covid19", ViewPosition="AP", **second),
    ]
    lateral = projection(2)
    views = [
        make.write("pa-and-lateral", 1, "cxr-covid19", "cxr-covid19", ViewPosition="PA", PatientOrientation=["L", "F"],
                   **first),
        make.write("pa-and-lateral", 2, "cxr-covid19", "a projection of ct-phantom", lateral, ViewPosition="LL",
                   **first),
    ]
    early = [make.write("revision", 1, "cxr-covid19", "cxr-viral-pneumonia", viral, ViewPosition="AP", **first)]
    late = [make.write("revision", 2, "cxr-covid19", "cxr-covid19", ViewPosition="AP", **second)]
    return [
        Study("two-films", "two films: viral pneumonia, then COVID-19", films),
        Study("pa-and-lateral", "COVID-19 as PA, and a lateral view", views),
        Study("revision", "a film, and after its report another", early, late),
    ]


def of_data(folder):
    """Of each class the test image whose file has the smallest SHA-256: drawn by lot."""
    with open(folder / "cxr" / "manifest.csv") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["split"] == "test"]
    drawn = {}
    for row in sorted(rows, key=lambda row: row["sha256"]):
        drawn.setdefault(row["class"], row)
    return [Study(f"data-{name}", f"{name}, of {row['source']}", [folder / "cxr" / row["path"]])
            for name, row in sorted(drawn.items())]


def all_studies(folder):
    return derived(folder) + as_they_are()
