#!/bin/sh
# gavel policy lint: the shipped policies are clean, and each planted fault of policy_faults.txt
# is found at its place.
set -eu
. tests/e2e/lib.inc
"$GAVEL" policy lint policies/*/ >"$dir/out" 2>"$dir/err" || fail "a shipped policy"
has "$dir/out" "policy openai-13"
"$GAVEL" policy lint tests/golden/policy >"$dir/out" || fail "the base of the faults"
"$GAVEL" policy lint --json policies/openai-13/policy.yaml | grep -qF '"id":"openai-13"'
"$GAVEL" policy lint --json >"$dir/out" || fail "without an operand"
has "$dir/out" '"findings":[]'
refused 1 absent "$GAVEL" policy lint "$dir/absent.yaml"

# A lone document: its error is the command's.
sed 's/score: hate$/score: hat/' policies/openai-13/policy.yaml >"$dir/p.yaml"
line=$(grep -n 'score: hat$' "$dir/p.yaml" | cut -d: -f1)
refused 1 "p.yaml:$line:12: no factor is called 'hat'" "$GAVEL" policy lint "$dir/p.yaml"
sed '/^  violence\/graphic:/,$d' policies/openai-13/policy.yaml >"$dir/p.yaml"
refused 1 "the category 'violence/graphic' is missing" "$GAVEL" policy lint "$dir/p.yaml"
sed 's/{all: \[sexual, minor-reference\]}/sexual/' policies/openai-13/policy.yaml >"$dir/p.yaml"
refused 1 "sexual/minors is" "$GAVEL" policy lint "$dir/p.yaml"

count=0
while IFS='|' read -r file edit place words; do
    case $file in '#'* | '') continue ;; esac
    # the blanks around the bars are not part of what they part
    file=${file% } edit=${edit# } edit=${edit% } place=${place# } place=${place% } words=${words# }
    rm -rf "$dir/club"
    cp -r tests/golden/policy "$dir/club"
    if [ -z "$edit" ]; then rm "$dir/club/$file"; else sed -i "$edit" "$dir/club/$file"; fi
    "$GAVEL" policy lint "$dir/club" >"$dir/out" 2>"$dir/err" && fail "clean: $file | $edit"
    cat "$dir/out" "$dir/err" >"$dir/said"
    grep -F "club/$place" "$dir/said" | grep -qF -e "$words" ||
        fail "not found: $file | $edit | $place | $words"
    count=$((count + 1))
done <tests/e2e/policy_faults.txt
[ "$count" -ge 25 ] || fail "only $count faults"
status 1 "$GAVEL" policy lint --json "$dir/club"
has "$dir/out" '"findings":[{"file":"'
echo "$count planted faults found"
