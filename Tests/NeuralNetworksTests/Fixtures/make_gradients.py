"""PyTorch's gradients of both networks on a fixed batch, and the losses of ten steps: gradients.json.

    python make_gradients.py SHARED/training > gradients.json

Weights and inputs are made of hashes of their place (numbers below), as TrainingFixture.swift makes them. A gradient is stored as its
norm and its products with three patterns of signs: a wrong value anywhere shows in them.
"""
import json, sys
import numpy as np, torch
import torch.nn.functional as F

sys.path.insert(0, sys.argv[1])
from networks import FCDenseNet103, resnet101

torch.set_num_threads(2)


def hashes(seed, count):
    """splitmix64 of seed * 2^32 + i."""
    with np.errstate(over="ignore"):
        z = (np.arange(count, dtype=np.uint64) + np.uint64(seed << 32)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(seed, count):
    """-1 ..< 1, exact in f32."""
    return (hashes(seed, count) >> np.uint64(40)).astype(np.float64) / 2**23 - 1


def fill(net):
    """Uniform of variance 2 / inputs of a weight; norms near 1, biases near 0."""
    for seed, (name, p) in enumerate(net.named_parameters()):
        u = uniform(seed + 1, p.numel())
        if p.dim() > 1:
            fan = p[0].numel() if not name.startswith("ups.") else p.shape[0] * 9 / 4
            u = u * float(np.float32(np.sqrt(6 / fan)))
        elif name.endswith("weight"):
            # Small residual branches keep a random network's gradients from growing with its depth.
            u = (1 + u * 0.25) * (0.125 if "bn3" in name else 1)
        else:
            u = u * 0.125
        p.data = torch.from_numpy(u.astype(np.float32)).double().view(p.shape)


def summary(net):
    out = {}
    for name, p in net.named_parameters():
        g = p.grad.detach().numpy().ravel()
        signs = hashes(99, g.size)
        out[name] = [float(np.linalg.norm(g))] + [
            float(np.dot(g, ((signs >> np.uint64(k)) & np.uint64(1)).astype(np.float64) * 2 - 1)) for k in range(3)]
    return out


def run(net, x, loss_of, steps):
    fill(net)
    net.double().train()
    opt = torch.optim.SGD(net.parameters(), 0.002, momentum=0.9, nesterov=True, weight_decay=1e-4)
    losses, gradients = [], None
    for step in range(steps):
        loss = loss_of(net(x))
        opt.zero_grad()
        loss.backward()
        if step == 0:
            gradients = summary(net)
            norm = float(torch.sqrt(sum((p.grad ** 2).sum() for p in net.parameters())))
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        opt.step()
        losses.append(loss.item())
    statistics = {n: b.double().norm().item() for n, b in net.named_buffers() if "running" in n}
    return {"losses": losses, "norm": norm, "gradients": gradients, "statistics": statistics}


if __name__ == "__main__":
    n, side = 4, 64
    x3 = torch.from_numpy(uniform(1001, n * 3 * side * side).astype(np.float32)).double().view(n, 3, side, side)
    x1 = torch.from_numpy(uniform(1002, n * side * side).astype(np.float32)).double().view(n, 1, side, side)
    y = torch.tensor([0, 1, 2, 3])
    pixels = torch.from_numpy((hashes(1003, n * side * side) % np.uint64(3)).astype(np.int64)).view(n, side, side)
    weights = torch.tensor([1.0, 1.5, 1.25], dtype=torch.float64)
    result = {
        "resnet101": run(resnet101(4), x3, lambda z: F.cross_entropy(z, y, label_smoothing=0.05), 10),
        "fcDenseNet103": run(FCDenseNet103(p=0), x1, lambda z: F.cross_entropy(z, pixels, weights), 10),
    }
    # Sixteen digits are more than a comparison with f32 wants.
    print(json.dumps(json.loads(json.dumps(result), parse_float=lambda t: float(f"{float(t):.7g}"))))
