#!/bin/sh
# gavel release export: both files at once, what it refuses, and nothing half written.
# (What ONNX Runtime makes of one is tests/e2e/onnx.sh.)
set -eu
. tests/e2e/lib.inc
r=$dir/fixture.gavel
digest=$(fixture_release "$r")
status 0 "$GAVEL" release export "$r" --safetensors "$dir/x.safetensors" --onnx "$dir/x.onnx"
[ ! -s "$dir/out" ] || fail "it has nothing to say"
has "$dir/x.safetensors" "\"gavel_digest\":\"$digest\""
has "$dir/x.safetensors" '"encoder.l0_qkv_w":{"dtype":"F32","shape":[256,768],"data_offsets":['
has "$dir/x.onnx" "$digest"
has "$dir/x.onnx" text_logits
refused 2 "--safetensors FILE, --onnx FILE or both" "$GAVEL" release export "$r"
refused 2 "" "$GAVEL" release export --onnx "$dir/y.onnx"
refused 1 "no release 'nowhere'" "$GAVEL" release export nowhere --onnx "$dir/y.onnx"
refused 1 "nowhere/y.onnx" "$GAVEL" release export "$r" --onnx "$dir/nowhere/y.onnx"
cp "$r" "$dir/bad.gavel"
printf x | dd of="$dir/bad.gavel" bs=1 seek=100000 conv=notrunc 2>"$dir/err"
refused 1 "digest does not match" "$GAVEL" release export "$dir/bad.gavel" --onnx "$dir/y.onnx"
[ ! -e "$dir/y.onnx" ] || fail "a refused export left a file"
# A full disk: the old file stays as it was.
echo old >"$dir/old.onnx"
(
    ulimit -f 100
    trap '' XFSZ
    refused 1 "old.onnx" "$GAVEL" release export "$r" --onnx "$dir/old.onnx"
)
[ "$(cat "$dir/old.onnx")" = old ] || fail "a broken write reached the old file"
[ "$(find "$dir" -name '*.onnx*' | wc -l)" = 2 ] || fail "a broken write left something"
