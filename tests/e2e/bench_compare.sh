#!/bin/sh
# bench/fold, bench/compare and bench/page on results that are made up, and the page that is
# committed.
set -eu
. tests/e2e/lib.inc

result() { # OWN PEER RATE...: a result of three rounds that lie 1 % apart
    printf '# date: 2026-01-01\n# machine: a loom\n# part: a (load before it: 0.10)\n'
    for times in 1.00 1.01 1.02; do
        awk -v t=$times -v own="$1" -v peer="$2" -v rate="$3" 'BEGIN {
            printf "encoder_float32_1x16 %.4f ms\npeer_onnxruntime_1x16 %.4f ms\nfast_rate %.0f texts/s\n", own * t, peer * t, rate / t
        }'
    done
}
compare() { # STATUS WORDS OLD NEW
    status "$1" bench/compare "$dir/$3" "$dir/$4"
    has "$dir/out" "$2"
}
result 2 4 1000 | bench/fold >"$dir/old"
has "$dir/old" "encoder_float32_1x16 2.0000 ms"
has "$dir/old" "# rounds encoder_float32_1x16 2.0000 2.0200 2.0400"
has "$dir/old" "fast_rate 1000 texts/s"
has "$dir/old" "encoder_full_1x16 2.000 times"
printf 'no number here\n' | refused 1 'no number here' bench/fold

compare 0 "within noise" old old
result 2.08 4 980 | bench/fold >"$dir/noise"
compare 0 "within noise" old noise
result 2.4 4 1000 | bench/fold >"$dir/slow"
compare 1 "slower  encoder_float32_1x16 2 -> 2.4 ms" old slow
compare 0 "faster  encoder_float32_1x16" slow old
result 2 4 800 | bench/fold >"$dir/fewer"
compare 1 "slower  fast_rate" old fewer
# a slower machine slows the peer as well
result 3 6 667 | bench/fold >"$dir/machine"
compare 0 "peers 0.67 times as fast" old machine
grep -v fast_rate "$dir/old" >"$dir/less"
compare 1 "gone    fast_rate" old less
# rounds far apart hide what they cannot show
sed 's/^\(# rounds encoder_float32_1x16\).*/\1 2.0000 2.3000 2.6000/' "$dir/old" >"$dir/wild"
compare 0 "within noise" wild slow
refused 2 "no result of bench/run" bench/compare "$dir/old" README.md
refused 2 "usage" bench/compare "$dir/old"

status 0 bench/page "$dir/slow"
has "$dir/out" "- Machine: a loom"
has "$dir/out" "| 1.667 times | at least 1.20 | yes |"
result 2 2 1 | bench/fold >"$dir/short"
status 0 bench/page "$dir/short"
has "$dir/out" "| 1.000 times | at least 1.20 | **no** |"
has "$dir/out" "| - | at least 1.30 | not measured |"
if [ -f bench/results.txt ]; then
    bench/page bench/results.txt | cmp - docs/BENCHMARKS.md || fail "bench/page bench/results.txt >docs/BENCHMARKS.md"
fi

# instruction counts: the same are the same, 3 % more are a regression
status 0 bench/instructions bench/instructions.txt
has "$dir/out" "same    normalise"
awk '/^normalise/ { $2 = int($2 * 1.03) } { print }' bench/instructions.txt >"$dir/more"
status 1 bench/instructions "$dir/more"
has "$dir/out" "slower  normalise"
grep -v '^tokenise' bench/instructions.txt >"$dir/fewer"
status 1 bench/instructions "$dir/fewer"
has "$dir/out" "gone    tokenise"
