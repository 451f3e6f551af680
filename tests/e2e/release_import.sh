#!/bin/sh
# gavel release import: what was exported comes back, through either format, with the same bytes
# in a second export and the same scores; and what it refuses.
set -eu
. tests/e2e/lib.inc
r=$dir/fixture.gavel
digest=$(fixture_release "$r")
"$GAVEL" release export "$r" --safetensors "$dir/x.safetensors" --onnx "$dir/x.onnx"
weights() { # FILE.safetensors: all behind the header, whose length is in the first eight bytes
    tail -c +$(($(od -An -t u8 -N 8 "$1") + 9)) "$1"
}
score() { "$GAVEL" moderate --release "$1" --json "some words qzhxvj" | sed 's/.*"categories"/"categories"/'; }
weights "$dir/x.safetensors" >"$dir/x.weights"
[ -s "$dir/x.weights" ] || fail "no weights behind the header"
for from in x.safetensors x.onnx; do
    for full in "" --float32; do
        # shellcheck disable=SC2086  # no word or one
        status 0 "$GAVEL" release import "$dir/$from" --onto "$r" --out "$dir/y.gavel" --name back $full
        has "$dir/out" "tensors, sha256"
        "$GAVEL" release export "$dir/y.gavel" --safetensors "$dir/y.safetensors"
        weights "$dir/y.safetensors" >"$dir/y.weights"
        cmp "$dir/x.weights" "$dir/y.weights" || fail "$from $full: other weights came back"
    done
    "$GAVEL" release import "$dir/$from" --onto "$r" --out "$dir/y.gavel" >/dev/null
    [ "$(score "$r")" = "$(score "$dir/y.gavel")" ] || fail "$from: another score"
done
status 0 "$GAVEL" release show "$dir/y.gavel" --json
has "$dir/out" "\"onto\":\"$digest\""
refused 2 "--onto REF (what was exported) and --out FILE" "$GAVEL" release import "$dir/x.onnx"
refused 1 "nowhere" "$GAVEL" release import "$dir/nowhere" --onto "$r" --out "$dir/z.gavel"
refused 1 "read as ONNX" "$GAVEL" release import "$r" --onto "$r" --out "$dir/z.gavel"
sed 's/encoder.l0_qkv_w/encoder.l0_qkv_v/' "$dir/x.safetensors" >"$dir/bad"
refused 1 "'encoder.l0_qkv_v' is no tensor of this model" \
    "$GAVEL" release import "$dir/bad" --onto "$r" --out "$dir/z.gavel"
[ ! -e "$dir/z.gavel" ] || fail "a refused import left a release"
