"""Write Fixtures/torch with PyTorch: one state dict in every form that is read, and files that are refused. Usage: make_torch.py

expected.safetensors holds the tensors' values as PyTorch sees them, `flat.*` the sum of `volume` over depth as backbone.py
takes it, and the same scaled by ImageNet's deviations.
"""
import collections, os, pathlib, zipfile
import torch
from safetensors.torch import save_file

folder = pathlib.Path(__file__).parent / "torch"
folder.mkdir(exist_ok=True)
torch.manual_seed(1)
base = torch.randn(4, 6)
state = collections.OrderedDict(
    whole=base, turned=base.t(), part=base[1:3, 2:5], strided=base[::2, 1::2], scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3), half=torch.randn(5).half(), bfloat=torch.randn(2, 3).bfloat16(),
    volume=torch.randn(2, 3, 3, 2, 2))
state["norm.num_batches_tracked"] = torch.tensor(7)
state._metadata = collections.OrderedDict([("", {"version": 1})])
torch.save(state, folder / "zip.pth")
torch.save(state, folder / "old.pth", _use_new_zipfile_serialization=False)
torch.save(state, folder / "protocol4.pth", pickle_protocol=4)
torch.save({"epoch": -3, "big": 2**40, "rate": 0.1, "best": None, "done": True, "history": [1, 2.5, "x"], "pair": (1, 2),
            "state_dict": state, "parameter": torch.nn.Parameter(torch.zeros(2)),
            "optimizer": {"state": {0: {"step": torch.tensor(3.)}}, "param_groups": [{"betas": (0.9, 0.999, 1, 2)}]}},
           folder / "checkpoint.pth")
expected = {name: value.float().contiguous().clone() for name, value in state.items() if "num" not in name}
deviations = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
expected["flat.plain"] = expected["volume"].sum(2)
expected["flat.first"] = expected["flat.plain"] * deviations
save_file(expected, folder / "expected.safetensors")


class Evil:
    def __reduce__(self): return os.system, ("false",)


torch.save({"weight": base, "more": Evil()}, folder / "evil.pth")
torch.save({"weight": base, "evil": Evil()}, folder / "evil-old.pth", _use_new_zipfile_serialization=False)
torch.save({"weight": torch.zeros(3, dtype=torch.uint8)}, folder / "bytes.pth")
torch.save({"weight": torch.zeros(1).expand(1000)}, folder / "expanded.pth")
torch.save({"weight": torch.tensor([1.0, float("nan")])}, folder / "nan.pth")
torch.save(torch.zeros(2), folder / "tensor.pth")
torch.save({"epoch": 3}, folder / "none.pth")
with zipfile.ZipFile(folder / "zip.pth") as source, zipfile.ZipFile(folder / "deflated.pth", "w", zipfile.ZIP_DEFLATED) as z:
    for name in source.namelist(): z.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
with zipfile.ZipFile(folder / "other.pth", "w") as z: z.writestr(zipfile.ZipInfo("readme.txt"), b"hello")
with zipfile.ZipFile(folder / "zip.pth") as source, zipfile.ZipFile(folder / "big-endian.pth", "w") as z:
    for name in source.namelist():
        z.writestr(zipfile.ZipInfo(name), b"big" if name.endswith("byteorder") else source.read(name))
