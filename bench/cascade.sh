#!/bin/sh
# cascade.sh - the cascade beside the encoder on every text, 99 % of them benign.
set -eu
. bench/lib.inc
make -s build/release/bench/bench_cascade
for _ in $(seq "$rounds"); do
    taskset -c $core build/release/bench/bench_cascade "$release"
done
