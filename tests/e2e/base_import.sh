#!/bin/sh
# gavel base import: the npm package's tarball becomes a pack; anything else is refused.
set -eu
. tests/e2e/lib.inc

status 2 "$GAVEL" base import
refused 2 "--out FILE is missing" "$GAVEL" base import x.tgz
refused 1 "no such file" "$GAVEL" base import "$dir/none.tgz" --out "$dir/base.pack"
echo "not an archive" >"$dir/text.tgz"
refused 1 "not a gzipped tarball" "$GAVEL" base import "$dir/text.tgz" --out "$dir/base.pack"
[ ! -e "$dir/base.pack" ] || fail "a refused tarball left a file"

digest=0b4a932f66783b3ed9df513deb4c9110845f8b8b7459eafc4a348c2531098881
for tarball in build/base/*.tgz; do
    [ -e "$tarball" ] || { echo "no build/base/*.tgz: ./check fetches it"; exit 77; }
    "$GAVEL" base import "$tarball" --out "$dir/base.pack" >"$dir/out"
    has "$dir/out" "6975872 weights, sha256 $digest"
    "$GAVEL" base import "$tarball" --out "$dir/base.pack" --json >"$dir/out"
    has "$dir/out" "\"weights\":6975872,\"sha256\":\"$digest\""
    refused 1 "cannot create" "$GAVEL" base import "$tarball" --out "$dir/no/such/folder/x"
done
