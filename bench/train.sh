#!/bin/sh
# train.sh - whole training steps beside PyTorch's, on all processors: `name value unit`.  Own and
# peer take turns.
set -eu
. bench/lib.inc
make -s build/release/bench/bench_train
python=/usr/bin/python3 # Debian's, which has Debian's PyTorch
$python -c 'import torch' 2>/dev/null || { absent PyTorch "no python3-torch"; python=; }
for _ in $(seq "$rounds"); do
    build/release/bench/bench_train "$release" 1
    [ -z "$python" ] || $python bench/train_torch.py 1
done
