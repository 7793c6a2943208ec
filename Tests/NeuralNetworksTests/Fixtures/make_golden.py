"""Cut golden.safetensors here out of the file that PyTorch's export wrote. Usage: make_golden.py GOLDEN.safetensors

One image of Kermany's set (CC BY 4.0), with what FC-DenseNet103 and ResNet-101 with the starting bundle's weights say of
it: enough to hold the engine against PyTorch on a clean clone.
"""
import json, pathlib, struct, sys

KEEP = ("0.grey", "0.square", "0.segmentation_logits", "0.labels256", "0.class_input", "0.class_logits", "0.box288",
        "0.boxmask288")

data = pathlib.Path(sys.argv[1]).read_bytes()
length = struct.unpack("<Q", data[:8])[0]
entries, header, body = json.loads(data[8:8 + length]), {}, b""
for name in KEEP:
    entry = entries[name]
    start, end = (8 + length + offset for offset in entry["data_offsets"])
    header[name] = entry | {"data_offsets": [len(body), len(body) + end - start]}
    body += data[start:end]
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
out = pathlib.Path(__file__).with_name("golden.safetensors")
out.write_bytes(struct.pack("<Q", len(text)) + text + body)
print(out, out.stat().st_size)
