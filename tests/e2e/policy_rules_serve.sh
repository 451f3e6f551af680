#!/bin/sh
# Rules over HTTP: published without a restart, they set a category with evidence for who asks
# for it, are counted, and bad ones never come into force.
set -eu
. tests/e2e/serve.inc
release=$dir/fixture.gavel
fixture_release "$release" >/dev/null
db=$dir/store.db
log=$dir/live.log
cp -r policies/openai-13 "$dir/p"
mkdir -p "$dir/p/rules"

publish() { # VERSION
    sed -i "s/^version: .*/version: $1/" "$dir/p/policy.yaml"
    status 0 "$GAVEL" policy publish "$dir/p" --set store_path="$db" --author kim --reason "try $1"
}
until_log() { # WORDS
    tries=0
    until grep -qF -e "$1" "$log"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || fail "no '$1' in the log"
        sleep 0.05
    done
}
ask() { # BODY OPTION...
    body=$1
    shift
    curl -sS -o "$dir/out" "$url/v1/moderations" -d "$body" "$@"
}

serve_start live --set store_path="$db" --set policy_poll_ms=20
ask '{"input":"they are fr\u200bobs"}' -H 'Gavel-Extensions: rules'
has "$dir/out" '"rules":[]'
cat >"$dir/p/rules/a.yaml" <<'Y'
rules:
  - {id: words, owner: team, kind: phrase, category: violence, patterns: [frobs], action: block, clause: v.1}
  - {id: trial, owner: team, kind: regex, category: hate, patterns: ['plonk\w*'], dry-run: true}
Y
publish 2
until_log '"policy_in_force","policy":"openai-13@2"'
ask '{"input":"they are fr\u200bobs"}'
has "$dir/out" '"violence":true'
! grep -q '"gavel"' "$dir/out" || fail "an extension that nobody asked for"
ask '{"input":"they are fr\u200bobs"}' -H 'Gavel-Extensions: trace, rules'
has "$dir/out" '"rule":"words","kind":"phrase","state":"stands","category":"violence","action":"block","clause":"v.1","text":0,"from":9,"to":17,"view":"folded"'
curl -sS -o "$dir/out" "$url/v1/moderations?extensions=rules" -d '{"input":["plonks","all is well"]}'
has "$dir/out" '"rule":"trial","kind":"regex","state":"dry_run"'
curl -sS "$url/metrics" >"$dir/out"
has "$dir/out" 'gavel_rule_hits_total{rule="words"} 2'
has "$dir/out" 'gavel_rule_hits_total{rule="trial"} 1'

printf '  - {id: bad, owner: team, kind: regex, category: hate, patterns: ["(a+)+b"]}\n' >>"$dir/p/rules/a.yaml"
publish 3
until_log '"policy_refused","policy":"openai-13@3"'
has "$log" 'rules/a.yaml:4'
ask '{"input":"frobs"}'
has "$dir/out" '"violence":true'
serve_stop "$pid"
