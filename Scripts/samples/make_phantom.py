"""Writes SampleStudies/ct-phantom: an axial CT series of a thorax phantom in Hounsfield units, made of ellipses.

Nobody was scanned: it is a drawing, and every name in it says phantom. The same run makes the same bytes.
Usage: make_phantom.py FOLDER [--slices 60] [--side 256]
"""
import argparse
import pathlib
import uuid

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

NAMESPACE = uuid.UUID("6f3d9a52-1d0b-5e0e-9a8e-6f1b1f1f7a10")
AIR, FAT, MUSCLE, BLOOD, LUNG, BONE, MARROW = -1000, -95, 45, 50, -860, 650, 180
PIXEL, STEP = 1.4, 5.0  # mm


def uid(name):
    return f"2.25.{uuid.uuid5(NAMESPACE, name).int}"


def ellipse(x, y, cx, cy, rx, ry):
    return ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1


def smooth_noise(rng, side, grain):
    """Noise with a grain of some pixels, as parenchyma has; unit variance."""
    spectrum = np.fft.rfft2(rng.standard_normal((side, side)))
    fy, fx = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :]
    field = np.fft.irfft2(spectrum * np.exp(-2 * (np.pi * grain) ** 2 * (fx**2 + fy**2)), s=(side, side))
    return field / field.std()


def vessels(rng, count):
    """Branches as (x, y, radius, slope x, slope y) in mm: they wander through the slices."""
    return np.column_stack([
        rng.uniform(-1, 1, count), rng.uniform(-1, 1, count), rng.gamma(2.0, 0.9, count) + 0.8,
        rng.normal(0, 0.5, count), rng.normal(0, 0.5, count)])


def lung_size(z):
    """Half-axes' factor of the lungs at height z, 0 diaphragm … 1 apex."""
    return float(np.clip(1.15 * (1 - abs(2 * z - 0.72) ** 2.6), 0, 1))


def slice_hu(z, side, rng, branches):
    """One slice at height z (0 feet … 1 head)."""
    rows, columns = np.mgrid[0:side, 0:side]
    x, y = (columns - (side - 1) / 2) * PIXEL, (rows - (side - 1) / 2) * PIXEL
    hu = np.full((side, side), float(AIR))
    hu[ellipse(x, y, 0, 5, 158, 112)] = FAT
    hu[ellipse(x, y, 0, 5, 142, 98)] = MUSCLE
    size = lung_size(z)
    for sign, wide in ((-1, 56), (1, 50)):  # the patient's right lung is at the image's left
        if size < 0.12:
            continue
        cx, rx, ry = sign * 70, wide * size, 76 * size
        inside = ellipse(x, y, cx, 2, rx, ry)
        # Denser towards the back, as in a patient who lies.
        hu[inside] = (LUNG + 0.9 * (y + 10) + 26 * smooth_noise(rng, side, 1.6))[inside]
        for vx, vy, radius, sx, sy in branches[sign]:
            px, py = cx + (vx + sx * z) * rx * 0.8, 2 + (vy + sy * z) * ry * 0.8
            hu[inside & ellipse(x, y, px, py, radius, radius)] = BLOOD - 30
        for k in range(9):  # ribs around each lung
            angle = np.pi * (k + 0.5 * (k % 2)) / 9 + 6 * z
            bx, by = cx + sign * 4 + (wide + 9) * np.cos(angle), 2 + 87 * np.sin(angle)
            rib = ellipse(x, y, bx, by, 7, 5) & ~inside
            hu[rib] = BONE
            hu[ellipse(x, y, bx, by, 4, 2.5) & rib] = MARROW
    if 0.12 < z < 0.58:
        hu[ellipse(x, y, 22, -14, 52 * (1 - abs(z - 0.3)), 44 * (1 - abs(z - 0.3)))] = BLOOD
    hu[ellipse(x, y, 18, 38, 12, 12)] = BLOOD + 10  # descending aorta
    hu[ellipse(x, y, 0, 62, 20, 17)] = BONE - 250
    hu[ellipse(x, y, 0, 60, 15, 12)] = MARROW
    hu[ellipse(x, y, 0, 82, 8, 8)] = 30  # spinal canal
    hu[ellipse(x, y, 0, -92, 14, 5)] = BONE - 300
    if z > 0.55:
        hu[ellipse(x, y, 0, 8, 9, 8)] = AIR + 15  # trachea
    return hu + 11 * rng.standard_normal((side, side))


def data_set(hu, index, count, path):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, uid(f"instance {index}")
    meta.TransferSyntaxUID, meta.ImplementationClassUID = ExplicitVRLittleEndian, uid("implementation")
    d = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    d.SpecificCharacterSet, d.ImageType = "ISO_IR 192", ["ORIGINAL", "PRIMARY", "AXIAL"]
    d.SOPClassUID, d.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    d.StudyDate = d.SeriesDate = d.AcquisitionDate = d.ContentDate = "20260101"
    d.StudyTime = d.SeriesTime = d.AcquisitionTime = d.ContentTime = "120000"
    d.AccessionNumber, d.Modality, d.Manufacturer = "PHANTOM1", "CT", "Hilum sample script"
    d.ReferringPhysicianName, d.StudyDescription = "", "Synthetic thorax phantom, no patient"
    d.SeriesDescription, d.ManufacturerModelName = "Phantom, axial 5 mm", "make_phantom.py"
    d.PatientName, d.PatientID, d.PatientBirthDate, d.PatientSex = "PHANTOM^THORAX", "PHANTOM-CT", "", "O"
    d.BodyPartExamined, d.PatientPosition = "CHEST", "HFS"
    d.SliceThickness, d.KVP, d.ConvolutionKernel = STEP, 120, "PHANTOM"
    d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = uid("study"), uid("series"), uid("frame")
    d.StudyID, d.SeriesNumber, d.AcquisitionNumber, d.InstanceNumber = "PHANTOM", 1, 1, index + 1
    d.PositionReferenceIndicator = ""
    offset = -(hu.shape[0] - 1) / 2 * PIXEL
    d.ImagePositionPatient = [round(offset, 3), round(offset, 3), index * STEP]
    d.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    d.SliceLocation, d.ImageComments = index * STEP, "Synthetic phantom made of ellipses; not a patient"
    d.SamplesPerPixel, d.PhotometricInterpretation = 1, "MONOCHROME2"
    d.Rows, d.Columns, d.PixelSpacing = hu.shape[0], hu.shape[1], [PIXEL, PIXEL]
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, 0
    d.WindowCenter, d.WindowWidth, d.RescaleIntercept, d.RescaleSlope, d.RescaleType = -600, 1500, -1024, 1, "HU"
    d.PixelData = np.clip(np.rint(hu) + 1024, 0, 4095).astype("<u2").tobytes()
    return d


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--slices", type=int, default=60)
    arguments.add_argument("--side", type=int, default=256)
    a = arguments.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20260101)
    branches = {sign: vessels(rng, 70) for sign in (-1, 1)}
    for index in range(a.slices):
        hu = slice_hu((index + 0.5) / a.slices, a.side, rng, branches)
        path = a.folder / f"slice-{index + 1:03d}.dcm"
        data_set(hu, index, a.slices, path).save_as(path, enforce_file_format=True)


if __name__ == "__main__":
    main()
