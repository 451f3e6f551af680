#!/bin/sh
# gavel corpus build: the committed rows are what the grammars make, half of them harmless, and
# a sexual row with a word of the never list stops the build and leaves no file.
set -eu
. tests/e2e/lib.inc
root=$(cd "$(dirname "$0")/../.." && pwd)


status 0 "$GAVEL" corpus build "$root"/corpus/grammars/*.yaml --out "$dir/rows.jsonl"
! grep -v ' 0 missing' "$dir/out" || fail "a template has fewer rows than it wants"
cmp "$dir/rows.jsonl" "$root/corpus/rows.jsonl" || fail "corpus/rows.jsonl is not what the grammars make"
[ "$(sort "$dir/rows.jsonl" | uniq -d | wc -l)" = 0 ] || fail "a row repeats"
status 0 "$GAVEL" corpus build "$root"/corpus/grammars/*.yaml --out "$dir/other.jsonl" --seed 2
! cmp -s "$dir/rows.jsonl" "$dir/other.jsonl" || fail "the seed changes nothing"
status 0 "$GAVEL" recipe check --json "$root/recipes/own/corpus.yaml" "$root"
has "$dir/out" "\"rows\":$(wc -l <"$dir/rows.jsonl")"

mkdir -p "$dir/grammars" "$dir/never"
printf 'teen*\nkid\n' >"$dir/never/minor.txt"
printf 'grammar: bad\nparts:\n  who: [Kid]\ntemplates:\n  - rows: 1\n    labels: {sexual: 1}\n    text: ["a {who}"]\n' >"$dir/grammars/bad.yaml"
status 1 "$GAVEL" corpus build "$dir/grammars/bad.yaml" --out "$dir/no.jsonl"
has "$dir/err" "bad.yaml:7:12: a sexual row would hold 'Kid'"
[ ! -e "$dir/no.jsonl" ] || fail "a refused build left a file"

rm "$dir/never/minor.txt"
status 1 "$GAVEL" corpus build "$dir/grammars/bad.yaml" --out "$dir/no.jsonl"
has "$dir/err" "the never list has no words"
status 2 "$GAVEL" corpus build "$dir/grammars/bad.yaml"

# The data sheet's table is of these rows.
"$root/tools/corpus-table" "$root/corpus/rows.jsonl" >"$dir/table"
while IFS= read -r line; do
    has "$root/corpus/DATASHEET.md" "$line"
done <"$dir/table"
