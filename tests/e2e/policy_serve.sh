#!/bin/sh
# A policy that is published while the server runs: in force without a restart, whole, refused
# where it does not fit; and no request in between fails.
set -eu
. tests/e2e/serve.inc
release=$dir/fixture.gavel
fixture_release "$release" >/dev/null
db=$dir/store.db
log=$dir/live.log

publish() { # VERSION SED-SCRIPT
    mkdir -p "$dir/p"
    sed -e "s/^version: .*/version: $1/" -e "$2" policies/openai-13/policy.yaml >"$dir/p/policy.yaml"
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
ask() { curl -sS -D "$dir/head" -o "$dir/answer" "$url/v1/moderations" -d '{"input":"qzhxvj"}'; }

serve_start live --set store_path="$db" --set policy_poll_ms=20 --workers 2
ask
has "$dir/answer" '"hate":true'
own=$(grep -i '^gavel-policy:' "$dir/head") || fail "no policy in the answer's head"
[ ! -e "$db" ] || fail "the server made a store"

# many requests run through all that follows
while :; do
    code=$(curl -sS -o /dev/null -w '%{http_code}\n' "$url/v1/moderations" -d '{"input":["qzhxvj","hello"]}') || code=0
    echo "$code" >>"$dir/codes"
    [ ! -e "$dir/stop" ] || break
done &
flood=$!

publish 2 '/^  hate:$/,/action/ s/false-positives.*/threshold: 1/'
until_log '"event":"policy_in_force","policy":"openai-13@2"'
ask
has "$dir/answer" '"hate":false'
has "$dir/head" 'openai-13@2'
curl -sS "$url/readyz" >"$dir/out"
has "$dir/out" '"policy":"openai-13@2"'
matches "$dir/out" '"policy_digest":"[0-9a-f]{64}"'

# what does not read stays out, is logged and counted, and the former holds
sqlite3 "$db" "
    INSERT INTO policy_version VALUES (90, 'f1', 'openai-13', 'bad');
    UPDATE policy_version SET digest = '$(printf '%064d' 7)' WHERE id = 90;
    INSERT INTO policy_file VALUES (90, 'policy.yaml', 'nonsense');
    INSERT INTO policy_publication VALUES (90, 90, 'kim', 'by hand', 1);"
until_log '"event":"policy_refused","policy":"openai-13@bad"'
ask
has "$dir/answer" '"hate":false'
has "$dir/head" 'openai-13@2'
curl -sS "$url/metrics" >"$dir/out"
has "$dir/out" 'gavel_policy_refused_total 1'
has "$dir/out" 'gavel_policy_swapped_total 1'

publish 3 's/nothing/nothing/'
until_log '"event":"policy_in_force","policy":"openai-13@3"'
ask
has "$dir/answer" '"hate":true'
touch "$dir/stop"
wait $flood
! grep -qv '^200$' "$dir/codes" || fail "a request failed: $(sort "$dir/codes" | uniq -c)"
serve_stop "$pid"
has "$log" '"policy":"openai-13@2"'

# never looked for where the settings say so
serve_start still --set store_path="$db" --set policy_poll_ms=0
ask
[ "$(grep -i '^gavel-policy:' "$dir/head")" = "$own" ] || fail "another policy than the release's"
serve_stop "$pid"
echo "$(wc -l <"$dir/codes") requests ran through three publications"
