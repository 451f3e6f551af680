#!/bin/sh
# gavel policy rules: bad rules are named with file and line; good ones are counted on labelled
# rows.
set -eu
. tests/e2e/lib.inc
export GAVEL_STORE_PATH="$dir/store.db"
p="$dir/p"
cp -r policies/openai-13 "$p"
mkdir -p "$p/rules"

status 0 "$GAVEL" policy rules "$p"
cat >"$p/rules/a.yaml" <<'Y'
rules:
  - {id: words, owner: team, kind: phrase, category: hate, list: words.txt, clause: hate.1}
  - {id: shops, owner: team, kind: url, category: illicit, patterns: [shop.example], dry-run: true}
  - {id: old, owner: team, kind: exact, category: hate, patterns: [XYZZY], expires: 2020-01-01}
  - {id: plays, owner: team, kind: phrase, action: allow, lifts: [words], patterns: [frobs and plonks]}
Y
printf '# made-up words\nfrobs\nplonks and grunds\n' >"$p/rules/words.txt"
cat >"$dir/rows.jsonl" <<'J'
{"text":"all FROBS are bad","labels":{"hate":1}}
{"text":"f r o b s, and more frobs","labels":{"hate":1}}
{"text":"my frobs","labels":{"hate":0}}
{"text":"frobs","labels":{"insult":1}}
{"text":"a play: frobs and plonks","labels":{"hate":0}}
{"text":"go to https://shop.example/x","labels":{"wrongdoing":0,"weapon":0,"instruction":0}}
{"text":"XYZZY","labels":{"hate":1}}
J
status 0 "$GAVEL" policy rules "$p"
matches "$dir/out" 'rules/a.yaml:4: warning: expired'
matches "$dir/out" '^words +phrase +2  hate +flag'
matches "$dir/out" '^plays +phrase +1  - +allow'
status 0 "$GAVEL" policy rules --file "$dir/rows.jsonl" "$p"
matches "$dir/out" '^words .* 4 +3  0\.667'
matches "$dir/out" '^shops .* dry +1 +1  0\.000'
matches "$dir/out" '^old .* 0 +-  -'
status 0 "$GAVEL" policy rules --json --file "$dir/rows.jsonl" "$p"
has "$dir/out" '"texts":4,"labelled":3,"right":2'
has "$dir/out" '"rows":7'
refused 1 'no snapshot is called' "$GAVEL" policy rules --snapshot latest "$p"
refused 2 'not both' "$GAVEL" policy rules --snapshot latest --file "$dir/rows.jsonl" "$p"

printf '(a+)+b\nthe\n[a-z\n' >"$p/rules/bad.txt"
cat >"$p/rules/b.yaml" <<'Y'
rules:
  - {id: bad, owner: team, kind: regex, category: hate, list: bad.txt}
Y
refused 1 '2 refused' "$GAVEL" policy rules "$p"
has "$dir/out" 'rules/bad.txt:1: at 5: an unbounded repeat inside an unbounded repeat'
has "$dir/out" 'rules/bad.txt:3: at 5: a class without its ]'
printf 'the\n' >"$p/rules/bad.txt"
refused 1 'refused' "$GAVEL" policy rules "$p"
matches "$dir/out" 'rules/bad.txt:1: too broad: the pattern matches [0-9]+ of 9'
status 1 "$GAVEL" policy rules --json "$p"
has "$dir/out" '"refused":true'
