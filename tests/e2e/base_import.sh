#!/bin/sh
# gavel base import: the npm package's tarball becomes a pack; anything else is refused.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() { echo "$*"; exit 1; }
has() { grep -qF -- "$2" "$1" || { cat "$1"; fail "wanted: $2"; }; }
status() { want=$1; shift; code=0; "$@" || code=$?; [ "$code" = "$want" ] || fail "exit $code, wanted $want: $*"; }

status 2 "$GAVEL" base import 2>"$dir/err"
status 2 "$GAVEL" base import x.tgz 2>"$dir/err"
has "$dir/err" "--out FILE is missing"
status 1 "$GAVEL" base import "$dir/none.tgz" --out "$dir/base.pack" 2>"$dir/err"
has "$dir/err" "no such file"
echo "not an archive" >"$dir/text.tgz"
status 1 "$GAVEL" base import "$dir/text.tgz" --out "$dir/base.pack" 2>"$dir/err"
has "$dir/err" "not a gzipped tarball"
[ ! -e "$dir/base.pack" ] || fail "a refused tarball left a file"

digest=0b4a932f66783b3ed9df513deb4c9110845f8b8b7459eafc4a348c2531098881
for tarball in build/base/*.tgz; do
    [ -e "$tarball" ] || { echo "no build/base/*.tgz: ./check fetches it"; exit 77; }
    "$GAVEL" base import "$tarball" --out "$dir/base.pack" >"$dir/out"
    has "$dir/out" "6975872 weights, sha256 $digest"
    "$GAVEL" base import "$tarball" --out "$dir/base.pack" --json >"$dir/out"
    has "$dir/out" "\"weights\":6975872,\"sha256\":\"$digest\""
    status 1 "$GAVEL" base import "$tarball" --out "$dir/no/such/folder/x" 2>"$dir/err"
    has "$dir/err" "cannot create"
done
