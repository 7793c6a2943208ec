"""Makes texture.json and its images with scikit-image, mahotas and numpy. Run: python make_fixtures.py"""
import json
from pathlib import Path

import mahotas
import numpy as np
from mahotas.features import texture
from PIL import Image
from skimage.feature import graycomatrix

HERE = Path(__file__).parent
# Offsets (row, column) of Haralick's angles, anticlockwise as seen on a screen; skimage's angles run clockwise, and
# mahotas' order is 0, 135, 90, 45.
SKIMAGE_ANGLES = {0: 0, 45: -np.pi / 4, 90: -np.pi / 2, 135: -3 * np.pi / 4}
MAHOTAS_DIRECTIONS = {0: 0, 135: 1, 90: 2, 45: 3}


def images():
    rng = np.random.default_rng(11)
    y, x = np.mgrid[:40, :53]
    smooth = np.clip(120 + 70 * np.sin(x / 6) * np.cos(y / 9) + rng.normal(0, 12, (40, 53)), 0, 255).astype(np.uint8)
    noise = rng.integers(0, 256, (33, 21)).astype(np.uint8)
    dark = np.clip(rng.normal(40, 9, (30, 30)), 0, 255).astype(np.uint8)
    return {"smooth": smooth, "noise": noise, "dark": dark}


def counts(quantised, levels, distance):
    # Haralick's distance counts rows and columns, scikit-image's is Euclidean.
    length = lambda angle: distance * (np.sqrt(2) if angle % 90 else 1)
    return {angle: graycomatrix(quantised, [length(angle)], [radians], levels=levels, symmetric=True)[:, :, 0, 0]
            for angle, radians in SKIMAGE_ANGLES.items()}


def masked_counts(quantised, mask, levels, distance):
    """Pixels outside the mask get a level of their own, whose row and column are then left out."""
    marked = np.where(mask > 0, quantised, levels).astype(np.uint16)
    return {angle: m[:levels, :levels] for angle, m in counts(marked, levels + 1, distance).items()}


def printed(matrix):
    """The paper's features, as printed, and MATLAB's homogeneity; levels from 1."""
    p = matrix / matrix.sum()
    n = len(p)
    i, j = np.mgrid[1:n + 1, 1:n + 1]
    difference = np.array([p[np.abs(i - j) == k].sum() for k in range(n)])
    k = np.arange(n)
    entropy = lambda q: float(-(q[q > 0] * np.log(q[q > 0])).sum())
    se = entropy(difference)
    mx, my = (i * p).sum(), (j * p).sum()
    sx, sy = np.sqrt(((i - mx) ** 2 * p).sum()), np.sqrt(((j - my) ** 2 * p).sum())
    return {"paper.C": ((i - j) ** 2 * p).sum(), "paper.LC": (p / (1 + (i - j) ** 2)).sum(),
            "paper.H": (p / (1 + (i - j) ** 2)).sum(), "paper.E": entropy(p),
            "paper.Corr": ((i * j * p).sum() - mx * my) / (sx * sy), "paper.M": (k * difference).sum(),
            "paper.SE": se, "paper.V": ((i - mx) ** 2 * p).sum(), "paper.SV": ((k - se) ** 2 * difference).sum(),
            "matlab.homogeneity": (p / (1 + np.abs(i - j))).sum()}


def case(name, grey, levels, distance, mask=None):
    quantised = (grey.astype(np.int64) * levels // 256).astype(np.uint8)
    matrices = counts(quantised, levels, distance) if mask is None else masked_counts(quantised, mask, levels, distance)
    directions = {}
    for angle, matrix in matrices.items():
        ours = {"counts": {str(k): int(v) for k, v in enumerate(matrix.ravel()) if v},
                "haralick": texture.haralick_features([matrix.astype(np.int32)])[0].tolist(),
                "printed": {k: float(v) for k, v in printed(matrix).items()}}
        if mask is None:
            own = np.zeros((levels, levels), np.int32)
            texture.cooccurence(quantised, MAHOTAS_DIRECTIONS[angle], own, symmetric=True, distance=distance)
            assert (own == matrix).all(), "the two references disagree"
        directions[str(angle)] = ours
    return {"image": name, "levels": levels, "distance": distance, "masked": mask is not None, "directions": directions}


if __name__ == "__main__":
    pictures = images()
    mask = np.zeros((40, 53), np.uint8)
    mask[5:30, 4:20] = 1
    mask[8:36, 26:50] = 1
    mask[20, 30] = 0
    for name, image in pictures.items():
        Image.fromarray(image).save(HERE / f"{name}.png", optimize=True)
    Image.fromarray(mask).save(HERE / "mask.png", optimize=True)
    cases = [case(name, image, 32, 1) for name, image in pictures.items()]
    cases += [case("smooth", pictures["smooth"], 32, 1, mask), case("smooth", pictures["smooth"], 8, 3),
              case("smooth", pictures["smooth"], 13, 2, mask), case("dark", pictures["dark"], 256, 1)]
    (HERE / "texture.json").write_text(json.dumps({"mahotas": mahotas.__version__, "cases": cases}) + "\n")
