#!/bin/sh
# fast.sh - the fast tier beside fastText on the same texts, one thread each: `name value unit`.
# fastText has words, pairs of words and character 2-5-grams, as many buckets as our fast tier
# and 16 dimensions, near its 17 factors; its time is that of predict-prob over the texts many
# times, less that over one of them (reading the model).  Both take
# turns, and what counts is the time of the processor.
set -eu
. bench/lib.inc
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
make -s build/release/bench/bench_fast
GAVEL_RELEASE=$release build/release/bench/bench_fast "$dir" >/dev/null
peer=1
if command -v fasttext >/dev/null; then
    fasttext supervised -input "$dir/train.txt" -output "$dir/model" -wordNgrams 2 -minn 2 -maxn 5 \
        -bucket 131072 -dim 16 -epoch 1 -thread 1 -verbose 0 >/dev/null 2>&1
else
    absent fastText "no Debian package fasttext"
    peer=
fi
for _ in 1 2 3 4 5 6 7 8 9 10; do cat "$dir/texts.txt"; done >"$dir/many.txt"
head -n 1 "$dir/texts.txt" >"$dir/one.txt"
took() ( # FILE: milliseconds of the processor
    taskset -c $core fasttext predict-prob "$dir/model.bin" "$1" 2 >/dev/null
    times >"$dir/times" # in a pipe it would tell another shell's
    awk 'NR == 2 { split($1 "m" $2, t, /[ms]+/); printf "%d", 1000 * (60 * (t[1] + t[3]) + t[2] + t[4]) }' "$dir/times"
)
lines=$(wc -l <"$dir/many.txt")
for _ in $(seq "$rounds"); do
    GAVEL_RELEASE=$release taskset -c $core build/release/bench/bench_fast
    [ -z "$peer" ] || echo "peer_fasttext_rate $((lines * 1000 / ($(took "$dir/many.txt") - $(took "$dir/one.txt")))) texts/s"
done
