#!/bin/sh
# The shipped release against the floors that were set for it, on rows that no training run
# has seen.  Needs the data sets: GAVEL_DATA names their folder, else ../shared/data.
set -eu
data=${GAVEL_DATA:-../shared/data}
dev=$data/dev
[ -d "$dev" ] || {
    echo "no data sets at $data (GAVEL_DATA)"
    exit 77
}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
bad=0

# AUPRC by category on the taxonomy's own set, unknown labels left out.
"$GAVEL" evaluate --file "$dev/openai-moderation/dev_half.jsonl" >"$out/openai"
while read -r category floor; do
    got=$(awk -v c="$category" '$1 == c { print $4; exit }' "$out/openai")
    if awk -v g="$got" -v f="$floor" 'BEGIN { exit !(g >= f) }'; then
        echo "ok    AUPRC $category $got, floor $floor"
    else
        echo "BELOW AUPRC $category $got, floor $floor"
        bad=1
    fi
done <<'FLOORS'
sexual 0.68
hate 0.66
violence 0.43
harassment 0.48
self-harm 0.46
hate/threatening 0.40
FLOORS

# False positives on everyday requests, at the shipped thresholds.
for set in clinc150 banking77; do
    "$GAVEL" evaluate --recipe "recipes/dev/$set.yaml" "$data" >"$out/$set"
    got=$(sed -n 's/^negative.*flagged: \([0-9.]*\) %.*$/\1/p' "$out/$set")
    if awk -v g="$got" 'BEGIN { exit !(g != "" && g < 2) }'; then
        echo "ok    false positives $set $got %, bound 2 %"
    else
        echo "ABOVE false positives $set $got %, bound 2 %"
        bad=1
    fi
done
exit $bad
