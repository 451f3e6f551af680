#!/bin/sh
# gavel release export --onnx: ONNX Runtime, unmodified, from npm, gives the answers of our own
# float kernels within 1e-4, on a fixture and on the release that ships.
set -eu
. tests/e2e/lib.inc

place=$(tools/install-onnxruntime 2>&1) || { echo "$place"; exit 77; }
cp tests/e2e/onnx/test.mjs "$place/"

cat >"$dir/texts" <<'END'
Shall we meet for lunch on Tuesday?
I will find you and break your legs.
a
xylophone 🎻 Ω
END
{
    for i in 1 2 3 4 5 6 7 8 9; do printf 'The %s striker killed the game in the first half. ' $i; done
    echo "You are a worthless idiot and everybody hates you."
} >>"$dir/texts"
fixture_release "$dir/fixture.gavel" >"$dir/digest"
for release in releases/third.gavel "$dir/fixture.gavel"; do
    status 0 "$GAVEL" release export "$release" --onnx "$dir/model.onnx"
    "$(dirname "$GAVEL")/tests/tools/encode_texts" "$release" <"$dir/texts" >"$dir/answers"
    node "$place/test.mjs" "$dir/model.onnx" "$dir/answers"
done
