#!/bin/sh
# text.sh - folding, cutting and hashing, and one text through either tier: `name value unit`.
set -eu
. bench/lib.inc
make -s build/release/bench/bench_text build/release/bench/bench_score
export GAVEL_RELEASE="$release"
taskset -c $core build/release/bench/bench_text
taskset -c $core build/release/bench/bench_score
