"""Numbers that the tests of training are held against: OMP_NUM_THREADS=1 python make_training.py (numpy, scipy, torch)."""
import json, pathlib
import numpy as np, torch
from scipy.ndimage import map_coordinates

rng = np.random.default_rng(7)
plane = rng.integers(0, 256, (20, 24)).astype(np.uint8)


def view(side, centre, extent, angle, aspect, shear, flipped, points):
    """Points of the plane that a window's pixels show, each the mean of points x points bilinear samples."""
    step = extent / side; wide, high = step * aspect * (-1 if flipped else 1), step / aspect
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]]) @ np.diag([wide, high])
    sub = (np.arange(side * points) + 0.5) / points - side / 2
    x, y = np.meshgrid(sub, sub); place = matrix @ np.stack([x.ravel(), y.ravel()])
    values = map_coordinates(plane.astype(float), [place[1] + centre[1] - 0.5, place[0] + centre[0] - 0.5], order=1, mode="grid-constant", cval=0)
    return values.reshape(side, points, side, points).mean((1, 3)).ravel()


views = []
for side, centre, extent, angle, aspect, shear, flipped, points in [
    (8, (12, 10), 8, 0, 1, 0, False, 1), (8, (11.3, 9.1), 7.5, 0.2, 1.1, 0.1, False, 1), (6, (12, 10), 11, -0.15, 0.95, -0.05, True, 2),
    (5, (3, 17), 12, 0.4, 1, 0, True, 3)]:
    views.append(dict(side=side, centre=centre, extent=extent, angle=angle, aspect=aspect, shear=shear, flipped=flipped, points=points,
                      values=view(side, centre, extent, angle, aspect, shear, flipped, points).round(6).tolist()))

parameter = torch.zeros(1, requires_grad=True); optimizer = torch.optim.SGD([parameter], 0.008)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50); cosine = []
for _ in range(50):
    cosine.append(schedule.get_last_lr()[0]); optimizer.step(); schedule.step()

M = (1 << 64) - 1


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M; z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M; return z ^ (z >> 31)


state = 1234567; split = []
for _ in range(3):
    state = (state + 0x9E3779B97F4A7C15) & M; split.append(str(mixed(state)))

logits = rng.normal(0, 2, (9, 4)); labels = rng.integers(0, 4, 9)
loss = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(labels)).item()
out = dict(width=24, height=20, pixels=plane.ravel().tolist(), views=views, cosine=cosine, splitMix=split, logits=logits.tolist(), labels=labels.tolist(), loss=loss)
pathlib.Path(__file__).with_name("training.json").write_text(json.dumps(out))
