"""Prints what PyTorch computes for the numbers of TrainingKernelTests.swift: run it, and compare with the literals there."""

import torch
from torch.nn.functional import batch_norm, cross_entropy, max_pool2d


def show(name, values):
    print(f"{name} = [{', '.join(f'{v:.7g}' for v in values.flatten().tolist())}]")


def made(count, factor, modulus):
    """(i * factor mod modulus) / 4 - 1"""
    return torch.tensor([(i * factor % modulus) / 4 - 1 for i in range(count)])


# Four pixels, three classes, classes weighted 0.5, 1 and 2.
for smoothing in (0.0, 0.1):
    logits = made(12, 7, 11).reshape(4, 3).requires_grad_()
    loss = cross_entropy(
        logits, torch.tensor([0, 1, 2, 2]), torch.tensor([0.5, 1, 2]), label_smoothing=smoothing, reduction="sum"
    )
    loss.backward()
    print(f"smoothing {smoothing}: loss {loss.item():.7g}")
    show("gradient", logits.grad)

for nesterov in (False, True):
    w = made(5, 3, 8).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=nesterov)
    for step in range(3):
        w.grad = made(5, 5 + step, 9)
        optimizer.step()
    show(f"nesterov {nesterov}: w", w.data)

w = made(5, 3, 8).requires_grad_()
optimizer = torch.optim.AdamW([w], lr=0.1, betas=(0.9, 0.99), weight_decay=0.01)
for step in range(3):
    w.grad = made(5, 5 + step, 9)
    optimizer.step()
show("AdamW: w", w.data)

# Batch normalisation of seven pixels of one channel, then ReLU.
x = made(7, 5, 9).requires_grad_()
gamma, beta = torch.tensor([1.5], requires_grad=True), torch.tensor([0.25], requires_grad=True)
y = batch_norm(x.reshape(7, 1), None, None, gamma, beta, training=True, eps=1e-5).relu()
y.backward(made(7, 3, 7).reshape(7, 1))
show("batch norm: y", y)
show("dx", x.grad)
show("dgamma", gamma.grad)
show("dbeta", beta.grad)

# 5 x 6 pixels with many equal values, kernel 3, stride 2, padding 1.
x = made(30, 7, 4).reshape(1, 1, 5, 6).requires_grad_()
y = max_pool2d(x, 3, 2, 1)
y.backward(made(9, 5, 7).reshape(1, 1, 3, 3))
show("max pool: dx", x.grad)
