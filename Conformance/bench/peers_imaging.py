#!/usr/bin/env python3
"""Times OpenCV, scipy, mahotas and scikit-image on the image of `hilum bench imaging` and `texture`, one core.
Prints a JSON object a line: name (as Hilum's), peer, side, runs, median, min, max in milliseconds."""
import argparse
import json
import time
import warnings

import cv2
import mahotas
import numpy as np
from scipy.signal import wiener
from skimage.feature import graycomatrix


def synthetic_image(side):
    y, x = np.mgrid[:side, :side].astype(np.uint32)
    with np.errstate(over="ignore"):
        noise = x * np.uint32(73856093) ^ y * np.uint32(19349663)
        noise ^= noise >> np.uint32(13)
        noise *= np.uint32(0x5BD1E995)
        noise ^= noise >> np.uint32(15)
    x, y = x.astype(np.int64), y.astype(np.int64)
    return (40 + np.abs(x % 194 - 97) + np.abs(y % 122 - 61) + (noise & 31)).astype(np.uint8)


def box_filter_wiener(grey):
    x = grey.astype(np.float64)
    blur = lambda a: cv2.blur(a, (3, 3), borderType=cv2.BORDER_REFLECT)
    mean = blur(x)
    variance = np.maximum(blur(x * x) - mean * mean, 0)
    noise = variance.mean()
    out = mean + np.maximum(variance - noise, 0) / np.maximum(np.maximum(variance, noise), 1e-12) * (x - mean)
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def window(stored):
    return cv2.convertScaleAbs(np.clip(stored, -1350, 150), alpha=255 / 1500, beta=1350 * 255 / 1500)


def peers(side):
    image = synthetic_image(side)
    levels = (image // 8).astype(np.uint8)
    stored = image.astype(np.int16) * 16 - 1024
    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    matrices = [np.empty((32, 32), np.int32) for _ in range(4)]
    yield "equalize", "opencv", lambda: cv2.equalizeHist(image)
    yield "wiener3x3", "opencv", lambda: box_filter_wiener(image)
    yield "wiener3x3", "scipy", lambda: wiener(image.astype(np.float64), (3, 3))
    yield "window_i16", "opencv", lambda: window(stored)
    yield "copy_i16", "numpy", lambda: stored.copy()
    yield "resize_area_256", "opencv", lambda: cv2.resize(image, (256, 256), interpolation=cv2.INTER_AREA)
    yield "resize_linear_2x", "opencv", lambda: cv2.resize(image, (2 * side, 2 * side), interpolation=cv2.INTER_LINEAR)
    yield "cooccurrence", "mahotas", lambda: [
        mahotas.features.texture.cooccurence(levels, k, m, symmetric=True) for k, m in enumerate(matrices)]
    yield "cooccurrence", "scikit-image", lambda: graycomatrix(levels, [1], angles, 32, symmetric=True, normed=True)
    yield "texture", "mahotas", lambda: mahotas.features.haralick(levels, return_mean_ptp=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    warnings.simplefilter("ignore")
    for name, peer, work in peers(options.side):
        times = []
        for run in range(options.runs + 1):
            start = time.perf_counter()
            work()
            if run:
                times.append(1000 * (time.perf_counter() - start))
        times.sort()
        print(json.dumps({"name": name, "peer": peer, "side": options.side, "runs": options.runs,
                          "median": times[len(times) // 2], "min": times[0], "max": times[-1]}), flush=True)


if __name__ == "__main__":
    main()
