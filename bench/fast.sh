#!/bin/sh
# fast.sh - the fast tier beside fastText on the same texts, one thread each: `name value unit`.
# fastText has words, pairs of words and character 2-5-grams, as many buckets as our fast tier
# and 16 dimensions, near its 17 factors; its time is that of predict-prob over the texts many
# times, less that over one of them (reading the model).
set -eu
cd "$(dirname "$0")/.."
make -s build/release/bench/bench_fast
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
build/release/bench/bench_fast "$dir"
if ! command -v fasttext >/dev/null; then
    echo "# fast.sh: no fasttext here (Debian package fasttext)"
    exit 0
fi
fasttext supervised -input "$dir/train.txt" -output "$dir/model" -wordNgrams 2 -minn 2 -maxn 5 \
    -bucket 131072 -dim 16 -epoch 1 -thread 1 -verbose 0 >/dev/null 2>&1
for _ in 1 2 3 4 5 6 7 8 9 10; do cat "$dir/texts.txt"; done >"$dir/many.txt"
head -n 1 "$dir/texts.txt" >"$dir/one.txt"
took() { # milliseconds of the best of three
    best=999999999
    for _ in 1 2 3; do
        start=$(date +%s%N)
        fasttext predict-prob "$dir/model.bin" "$1" 2 >/dev/null
        ms=$((($(date +%s%N) - start) / 1000000))
        [ "$ms" -ge "$best" ] || best=$ms
    done
    echo "$best"
}
one=$(took "$dir/one.txt")
many=$(took "$dir/many.txt")
lines=$(wc -l <"$dir/many.txt")
echo "fasttext_rate $((lines * 1000 / (many - one))) texts/s"
