"""Makes the files beside it with OpenCV, scipy and Pillow. Run: python make_fixtures.py"""
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from scipy.signal import wiener

HERE = Path(__file__).parent
SIZES = [(32, 24), (97, 64), (50, 20), (48, 32), (150, 100), (194, 128), (96, 64), (1, 1)]


def save(name, image):
    assert image.dtype == np.uint8
    Image.fromarray(image).save(HERE / f"{name}.png", optimize=True)


def scipy_wiener(grey):
    return np.clip(np.rint(wiener(grey.astype(np.float64), (3, 3))), 0, 255).astype(np.uint8)


def opencv_wiener(grey):
    x = grey.astype(np.float64)
    mean = cv2.blur(x, (3, 3), borderType=cv2.BORDER_REFLECT)
    variance = np.maximum(cv2.blur(x * x, (3, 3), borderType=cv2.BORDER_REFLECT) - mean * mean, 0)
    noise = variance.mean()
    out = mean + np.maximum(variance - noise, 0) / np.maximum(np.maximum(variance, noise), 1e-12) * (x - mean)
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def masked_wiener(grey, mask):
    """Sums over mask pixels only."""
    m, x = (mask > 0).astype(np.float64), grey.astype(np.float64)
    box = lambda a: cv2.boxFilter(a, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    n = np.maximum(box(m), 1)
    mean = box(x * m) / n
    variance = np.maximum(box(x * x * m) / n - mean * mean, 0)
    noise = variance[m > 0].mean()
    out = mean + np.maximum(variance - noise, 0) / np.maximum(np.maximum(variance, noise), 1e-12) * (x - mean)
    return np.where(m > 0, np.clip(np.rint(out), 0, 255), x).astype(np.uint8)


def grey_image(rng, height, width):
    y, x = np.mgrid[:height, :width]
    smooth = 110 + 60 * np.sin(x / 9) * np.cos(y / 7) + 30 * (x > width / 2)
    return np.clip(smooth + rng.normal(0, 8, (height, width)), 3, 250).astype(np.uint8)


def labels_image(rng):
    """Two lungs with a hole, an islet, a part that touches the border and two parts that touch by a corner."""
    labels = np.zeros((120, 100), np.uint8)
    cv2.ellipse(labels, (28, 62), (20, 44), 4, 0, 360, 1, -1)
    cv2.ellipse(labels, (74, 60), (18, 40), -4, 0, 360, 2, -1)
    labels[50:58, 24:30] = 0
    labels[64:66, 70:80] = 1
    labels[3:9, 3:11] = 1
    labels[100:120, 88:100] = 2
    labels[18:21, 40:43] = 2
    labels[21:24, 43:46] = 2
    return labels


def clean_labels(labels):
    out = np.zeros_like(labels)
    for lung in (1, 2):
        _, parts, stats, _ = cv2.connectedComponentsWithStats((labels == lung).astype(np.uint8))
        mask = (parts == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()).astype(np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(mask, contours, -1, 1, -1)
        out[mask > 0] = lung
    return out


def dilate(mask, radius):
    side = 2 * radius + 1
    return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def lung_box(grey, labels, side, dilation, masked):
    """Method §5: both lungs with 5 % margin, black outside the dilated mask, enhanced, fitted into a square."""
    mask = (labels > 0).astype(np.uint8)
    ys, xs = np.nonzero(mask)
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    down, across = int(0.05 * (bottom - top)), int(0.05 * (right - left))
    top, left = max(0, top - down), max(0, left - across)
    bottom, right = min(mask.shape[0], bottom + down), min(mask.shape[1], right + across)
    kept = dilate(mask, max(1, round(dilation * max(bottom - top, right - left))))
    box = (slice(top, bottom), slice(left, right))
    inside = np.where(kept > 0, np.maximum(grey, 1), 0).astype(np.uint8)[box]
    equalized = cv2.equalizeHist(inside)
    enhanced = masked_wiener(equalized, kept[box]) if masked else opencv_wiener(equalized)
    return fit(enhanced, side, cv2.INTER_LINEAR), fit(mask[box], side, cv2.INTER_NEAREST)


def fit(image, side, how):
    """For boxes that are smaller than the square."""
    h, w = image.shape
    scale = side / max(h, w)
    nh, nw = round(h * scale), round(w * scale)
    out = np.zeros((side, side), image.dtype)
    top, left = (side - nh) // 2, (side - nw) // 2
    out[top:top + nh, left:left + nw] = cv2.resize(image, (nw, nh), interpolation=how)
    return out


def planes():
    rng = np.random.default_rng(7)
    grey = grey_image(rng, 64, 97)
    save("grey", grey)
    save("equalized", cv2.equalizeHist(grey))
    save("wiener", opencv_wiener(grey))
    save("wiener_zero", scipy_wiener(grey))
    mask = np.zeros_like(grey)
    cv2.circle(mask, (40, 30), 25, 1, -1)
    save("mask", mask)
    save("wiener_masked", masked_wiener(grey, mask))
    inside = np.where(mask > 0, np.maximum(grey, 1), 0).astype(np.uint8)
    save("equalized_masked", cv2.equalizeHist(inside))
    for width, height in SIZES:
        shrinks = width <= grey.shape[1] and height <= grey.shape[0]
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        save(f"resized_{width}x{height}", cv2.resize(grey, (width, height), interpolation=how))
        save(f"nearest_{width}x{height}", cv2.resize(grey, (width, height), interpolation=cv2.INTER_NEAREST))
    labels = labels_image(rng)
    save("labels", labels)
    save("labels_clean", clean_labels(labels))
    # Black pixels inside the lungs: they become 1, as black stands for what was cut away.
    chest = np.where(rng.random(labels.shape) < 0.03, 0, grey_image(rng, *labels.shape)).astype(np.uint8)
    save("chest", chest)
    clean = clean_labels(labels)
    for masked in (False, True):
        box, box_mask = lung_box(chest, clean, 160, 0.04, masked)
        save("lung_box_masked" if masked else "lung_box", box)
        save("lung_box_mask", box_mask)
    for radius in (1, 2, 3, 5, 8, 13):
        save(f"dilated_{radius}", dilate((labels > 0).astype(np.uint8), radius))
    count, _, stats, _ = cv2.connectedComponentsWithStats((labels == 2).astype(np.uint8))
    low, high = np.percentile(grey.astype(np.int16) * 7 - 300, [0.5, 99.5])
    contours, _ = cv2.findContours((labels == 2).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    facts = {"components": count - 1, "areas": sorted(int(a) for a in stats[1:, cv2.CC_STAT_AREA]),
             "percentiles": [float(low), float(high)], "contours": len(contours),
             "sizes": [list(size) for size in SIZES]}
    (HERE / "facts.json").write_text(json.dumps(facts, indent=1) + "\n")
    return grey


def files(grey):
    """One small picture in the ways that files come in; expected values as OpenCV reads them, or by formula."""
    colour = np.stack([grey, 255 - grey, np.roll(grey, 9, 1)], -1)
    save("rgb", colour)
    save("rgb_luma", cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY))
    Image.fromarray(grey).save(HERE / "grey.jpg", quality=90)
    Image.fromarray(colour).save(HERE / "rgb.jpg", quality=90, subsampling=2)
    Image.fromarray(colour).save(HERE / "rgb_progressive.jpg", quality=90, progressive=True)
    Image.fromarray(colour).convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
    for name in ("grey", "rgb", "rgb_progressive"):
        save(f"{name}_jpg", cv2.imread(str(HERE / f"{name}.jpg"), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION))
    Image.fromarray((grey.astype(np.uint16) * 257)).save(HERE / "grey16.png")
    # Values of 8 and 12 bits in 16.
    Image.fromarray(grey.astype(np.uint16)).save(HERE / "grey8in16.png")
    Image.fromarray(np.rint(grey * (4095 / 255)).astype(np.uint16)).save(HERE / "grey12in16.png")
    Image.fromarray(grey > 120).save(HERE / "bit1.png")
    Image.fromarray(grey).quantize(16).save(HERE / "palette.png")
    indexed = np.array(Image.open(HERE / "palette.png").convert("RGB"))
    save("palette_luma", cv2.cvtColor(indexed, cv2.COLOR_RGB2GRAY))
    alpha = np.tile(np.linspace(0, 255, grey.shape[1]).astype(np.uint8), (grey.shape[0], 1))
    Image.fromarray(np.stack([grey, alpha], -1), "LA").save(HERE / "alpha.png")
    save("alpha_black", np.rint(grey.astype(np.float64) * alpha / 255).astype(np.uint8))


if __name__ == "__main__":
    files(planes())
