#!/bin/sh
# rules.sh - 50,000 patterns beside the scores: `name value unit`.
set -eu
. bench/lib.inc
make -s build/release/bench/bench_rules
taskset -c $core build/release/bench/bench_rules
