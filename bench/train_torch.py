#!/usr/bin/python3
"""train_torch.py [ROUNDS] - the encoder of src/nn/encoder.h in PyTorch, trained: `name value unit`.

What bench/bench_train.c is measured beside: the same sizes and layers, a linear head for the
factors, binary cross-entropy, AdamW over every weight, batches of 64 rows of 40 pieces, as many
threads as there are processors.  It clips nothing, keeps no average and draws no texts, all of
which ours does.  Weights are random: only their number costs time.  A round is 4 steps.
"""
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

VOCAB, WIDTH0, WIDTH, FFN, HEADS, FACTORS = 8002, 256, 512, 1536, 4, 17
BATCH, PIECES, STEPS, WARM = 64, 40, 4, 2


class Layer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(WIDTH, 1e-6)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, WIDTH)
        self.widen = nn.Linear(width, WIDTH) if width != WIDTH else nn.Identity()
        self.ffn1, self.ffn2 = nn.Linear(WIDTH, FFN), nn.Linear(FFN, WIDTH)

    def forward(self, x):
        rows, pieces, _ = x.shape
        by_head = self.qkv(self.norm1(x)).view(rows, pieces, 3, HEADS, self.width // HEADS)
        q, k, v = by_head.permute(2, 0, 3, 1, 4)
        share = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(self.width // HEADS), -1)
        x = self.widen(x) + self.out((share @ v).transpose(1, 2).reshape(rows, pieces, self.width))
        return x + self.ffn2(torch.relu(self.ffn1(self.norm2(x))))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, WIDTH0)
        self.layers = nn.Sequential(Layer(WIDTH0), Layer(WIDTH))
        self.head = nn.Linear(WIDTH, FACTORS)
        angle = torch.arange(PIECES)[:, None] * torch.rand(WIDTH0 // 2)
        self.register_buffer("timing", torch.cat([angle.sin(), angle.cos()], 1))

    def forward(self, pieces):
        return self.head(self.layers(2 * self.embed(pieces) + self.timing).mean(1))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    torch.manual_seed(1)
    model = Encoder()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4)
    pieces, target = torch.randint(10, 7000, (BATCH, PIECES)), torch.rand(BATCH, FACTORS).round()

    def step():
        optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(model(pieces), target).backward()
        optimiser.step()

    for _ in range(WARM):
        step()
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(STEPS):
            step()
        print(f"peer_pytorch_train_64x40 {STEPS * BATCH / (time.perf_counter() - began):.1f} rows/s")


main()
