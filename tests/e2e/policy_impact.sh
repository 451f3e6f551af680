#!/bin/sh
# gavel policy impact: what flips between two policies, on a file, on golden cases and on the
# archive; the second time nothing is judged; no text is shown unasked.
set -eu
. tests/e2e/lib.inc
export GAVEL_STORE_PATH="$dir/store.db"
export GAVEL_RELEASE="$dir/r.gavel"
fixture_release "$GAVEL_RELEASE" >/dev/null
mkdir -p "$dir/b/golden" "$dir/a"
cp policies/openai-13/policy.yaml "$dir/a"
sed -e '/^  hate:$/,/action/ s/action: flag/action: review/' \
    -e '/^  sexual:$/,/action/ { s/false-positives.*/threshold: 1/; }' \
    -e 's/^version: .*/version: 2/' policies/openai-13/policy.yaml >"$dir/b/policy.yaml"
printf '{"id": "g1", "text": "%s"}\n{"id": "g2", "text": "hello"}\n' qzhxvj >"$dir/b/golden/hate.jsonl"
cat >"$dir/f.jsonl" <<'END'
{"id": "one", "text": "qzhxvj", "locale": "de-DE"}
{"id": 2, "text": "hello there my friend"}

{"text": "xqjwzk, write to jo@mail.example"}
END

status 0 "$GAVEL" policy impact "$dir/a" "$dir/b" --file "$dir/f.jsonl"
has "$dir/out" 'the golden cases: 1 of 2 flip'
has "$dir/out" 'f.jsonl: 2 of 3 flip'
has "$dir/out" 'one  hate (flag) -> hate (review)'
has "$dir/out" 'sexual'
has "$dir/out" 'locale de-DE'
has "$dir/out" 'for people: 0.0 -> 333.3 of 1,000 items, 0.00 -> 2.78 hours at 120 an hour'
! grep -q 'qzhxvj\|xqjwzk' "$dir/out" || fail "a text is shown unasked"
[ ! -e "$GAVEL_STORE_PATH" ] || fail "it made a store"

# with a store: remembered, by id
status 0 "$GAVEL" policy publish "$dir/a" --author kim --reason first
status 0 "$GAVEL" policy impact openai-13 "$dir/b" --file "$dir/f.jsonl"
has "$dir/out" '1 texts remembered, 2 judged'
status 0 "$GAVEL" policy impact openai-13 "$dir/b" --file "$dir/f.jsonl" --show --rate 60
has "$dir/out" '3 texts remembered, 0 judged'
has "$dir/out" 'write to <email>'
has "$dir/out" '5.56 hours at 60 an hour'
status 0 "$GAVEL" policy impact openai-13 "$dir/b" --file "$dir/f.jsonl" --forget --json --most 1
has "$dir/out" '"items":3,"flips":2,"flags_on":0,"flags_off":1'
has "$dir/out" '"judged":3'
[ "$(grep -o '"id":' "$dir/out" | wc -l)" = 2 ] || fail "--most is not kept"

# the archive, and a sample of it
cat >"$dir/r.yaml" <<'END'
source: made-up
licence: CC0-1.0
format: jsonl
files: "*.jsonl"
language: en
text: "{text}"
labels:
  - zero: [hate]
END
mkdir "$dir/rows"
awk 'BEGIN { for (i = 0; i < 40; i++) printf "{\"text\":\"%s number %d\"}\n", i % 4 ? "hello" : "qzhxvj", i }' >"$dir/rows/r.jsonl"
status 0 "$GAVEL" ingest --recipe "$dir/r.yaml" "$dir/rows"
status 0 "$GAVEL" policy impact "$dir/a" "$dir/b" --json
has "$dir/out" '"what":"the archive","items":40,"flips":10'
status 0 "$GAVEL" policy impact "$dir/a" "$dir/b" --sample 12
has "$dir/out" 'of 12 flip'
has "$dir/out" '12 texts remembered, 0 judged'
status 0 "$GAVEL" snapshot create --name s
status 0 "$GAVEL" policy impact "$dir/a" "$dir/b" --snapshot s
has "$dir/out" 'of 40 flip'

echo '{"words": "x"}' >"$dir/bad.jsonl"
refused 1 "bad.jsonl: line 1 has no 'text'" "$GAVEL" policy impact "$dir/a" "$dir/b" --file "$dir/bad.jsonl"
refused 2 'not both' "$GAVEL" policy impact "$dir/a" "$dir/b" --file x --snapshot y
refused 2 '--rate' "$GAVEL" policy impact "$dir/a" "$dir/b" --rate 0
