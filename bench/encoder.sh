#!/bin/sh
# encoder.sh - the encoder in float32 and int8 beside ONNX Runtime on the exported model, and
# beside the best matrix product of OpenBLAS, one thread on one core: `name value unit`.  Own and
# peer take turns; bench/fold keeps the best round.
set -eu
. bench/lib.inc
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
make -s build/release/bench/bench_encoder
if ! place=$(tools/install-onnxruntime 2>"$dir/why"); then
    absent "ONNX Runtime" "$(cat "$dir/why")"
    place=
else
    cp bench/onnx.mjs "$place/"
    "$GAVEL" release export "$release" --onnx "$dir/model.onnx" >/dev/null
fi
for _ in $(seq "$rounds"); do
    taskset -c $core build/release/bench/bench_encoder 3 float32 int8 2>"$dir/words" | grep -v '_of_'
    [ -z "$place" ] || taskset -c $core node "$place/onnx.mjs" "$dir/model.onnx" 3
done
sed 's/^/# /' "$dir/words"
