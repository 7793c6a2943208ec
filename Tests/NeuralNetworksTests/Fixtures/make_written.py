"""Write written.safetensors and bytes.safetensors here with Hugging Face's library and PyTorch. Usage: make_written.py

written: f32 values and what PyTorch rounds them to in bf16, ties, carries and denormals among them.
bytes: a tensor of signed bytes with a scale for each index of dimension 0, its product by numpy, and for three
distributions of weights the least squared error that any scale of 4,000 gives each channel.
"""
import pathlib
import numpy as np, torch
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(5)
bits = rng.integers(0, 2**32, 4096, dtype=np.uint32)
bits[:512] = bits[:512] & 0xFFFF0000 | 0x8000  # ties
bits[512:640] = bits[512:640] & 0x807FFFFF  # denormals
bits[640:650] = bits[640:650] & 0xFF800000 | 0x007FFFFF  # the carry reaches the exponent
values = bits.view(np.float32)
values = values[np.isfinite(values) & (np.abs(values) < 3e38)][:4000].reshape(8, 4, 125)
tensor = torch.from_numpy(values.copy())
save_file({"b.f32": tensor, 'a "bf16"\\': tensor.to(torch.bfloat16), "c.f32": tensor[0, 0].clone()},
          here / "written.safetensors", metadata={"format": "pt"})

steps = rng.integers(-128, 128, (3, 2, 2), dtype=np.int8)
scale = rng.random(3, dtype=np.float32)
out = {"w": steps, "w.scale": scale, "product": steps.astype(np.float32) * scale[:, None, None]}
weights = {"normal": rng.normal(size=(3, 1152)), "heavy": rng.standard_t(3, size=(3, 1152)),
           "uniform": rng.uniform(-1, 1, size=(3, 1152))}
for name, value in weights.items():
    value = value.astype(np.float32)
    out[name] = value
    best = np.full(len(value), np.inf)
    for share in np.linspace(0.2, 1.05, 4000):
        s = np.abs(value).max(1, keepdims=True).astype(np.float64) * share / 127
        error = ((np.clip(np.rint(value / s), -127, 127) * s - value) ** 2).sum(1)
        best = np.minimum(best, error)
    out["best." + name] = best.astype(np.float32)
save_arrays(out, here / "bytes.safetensors")
