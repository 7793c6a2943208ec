"""The two networks in PyTorch, with the names of the bundle's weights."""

import torch
import torchvision
from torch import nn


def resnet101(classes):
    return torchvision.models.resnet101(num_classes=classes)


DROPOUT = 0.2


class DenseLayer(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        self.norm = nn.BatchNorm2d(inputs)
        self.conv = nn.Conv2d(inputs, growth, 3, padding=1)

    def forward(self, x):
        return nn.functional.dropout(self.conv(torch.relu(self.norm(x))), DROPOUT, self.training)


class DenseBlock(nn.Module):
    """Returns the new maps alone, or all that it was given in front of them."""

    def __init__(self, inputs, growth, layers, keeps_input):
        super().__init__()
        self.layers = nn.ModuleList(DenseLayer(inputs + index * growth, growth) for index in range(layers))
        self.keeps_input = keeps_input

    def forward(self, x):
        inputs = x.shape[1]
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        return x if self.keeps_input else x[:, inputs:]


class TransitionDown(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.conv = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        x = nn.functional.dropout(self.conv(torch.relu(self.norm(x))), DROPOUT, self.training)
        return nn.functional.max_pool2d(x, 2)


class TransitionUp(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels, channels, 3, stride=2)

    def forward(self, x, skip):
        x = self.conv(x)
        height, width = skip.shape[2:]
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        return torch.cat([x[:, :, top : top + height, left : left + width], skip], 1)


class FCDenseNet103(nn.Module):
    def __init__(self, classes, growth=16, down=(4, 5, 7, 10, 12), bottleneck=15):
        super().__init__()
        channels = 48
        self.stem = nn.Conv2d(1, channels, 3, padding=1)
        self.down, self.trans, self.ups, self.blocks = (nn.ModuleList() for _ in range(4))
        skips = []
        for layers in down:
            self.down.append(DenseBlock(channels, growth, layers, keeps_input=True))
            channels += layers * growth
            skips.append(channels)
            self.trans.append(TransitionDown(channels))
        self.mid = DenseBlock(channels, growth, bottleneck, keeps_input=False)
        channels = bottleneck * growth
        for layers in reversed(down):
            self.ups.append(TransitionUp(channels))
            inputs, is_last = channels + skips.pop(), not skips
            self.blocks.append(DenseBlock(inputs, growth, layers, keeps_input=is_last))
            channels = layers * growth + (inputs if is_last else 0)
        self.head = nn.Conv2d(channels, classes, 1)

    def forward(self, x):
        x, skips = self.stem(x), []
        for block, transition in zip(self.down, self.trans):
            skips.append(block(x))
            x = transition(skips[-1])
        x = self.mid(x)
        for transition, block in zip(self.ups, self.blocks):
            x = block(transition(x, skips.pop()))
        return self.head(x)
