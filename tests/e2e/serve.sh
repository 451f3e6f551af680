#!/bin/sh
# gavel serve as a person uses it: start, ask with curl, reload keys, stop; and what it says
# when it cannot start.
set -eu
. tests/e2e/serve.inc

ask() { # ask STATUS CURL-ARGUMENT...: the answer is left in $dir/answer
    want=$1
    shift
    got=$(curl -sS -o "$dir/answer" -w '%{http_code}' "$@") || fail "curl $*"
    [ "$got" = "$want" ] || { cat "$dir/answer"; fail "$got instead of $want: curl $*"; }
}

# what the port, the release and the way to stop are
serve_start plain
echo "$url" | grep -q '^http://127.0.0.1:[1-9]' || fail "no address: $url"
has "$dir/plain.out" '"release":"'
ask 200 "$url/healthz"
ask 200 "$url/readyz"
has "$dir/answer" '"status":"ready"'
ask 200 "$url/v1/moderations" -d '{"input":"hello there"}'
has "$dir/answer" '"id":"modr-'
has "$dir/answer" '"violence/graphic":["text"]'
ask 200 "$url/moderations" -d '{"input":["one","two"]}'
ask 400 "$url/v1/moderations" -d '{"input":3}'
has "$dir/answer" '"param":"input"'
ask 404 "$url/nothing"
has "$dir/answer" '"code":"unknown_url"'
ask 405 "$url/v1/moderations"
ask 200 -I "$url/healthz"
ask 204 -X OPTIONS "$url/v1/moderations"
ask 200 "$url/v1/models/omni-moderation-latest"
ask 200 "$url/openapi.json"
has "$dir/answer" '"/v1/models/{model}"'
ask 200 "$url/metrics"
has "$dir/answer" 'gavel_inputs_total 3'

# a body over the limit, and one sent in chunks
head -c 9000000 /dev/zero | tr '\0' x >"$dir/large"
ask 413 "$url/v1/moderations" --data-binary @"$dir/large"
has "$dir/answer" '"code":"request_too_large"'
printf '{"input":"in chunks"}' | ask 200 "$url/v1/moderations" -H 'Transfer-Encoding: chunked' --data-binary @-

# the port is taken: say so, and which
code=0
"$GAVEL" serve --listen "${url#http://}" --release "$release" >"$dir/second" 2>&1 || code=$?
[ $code = 1 ] || fail "exit $code for a port in use"
has "$dir/second" "cannot listen on ${url#http://}: address already in use"
code=0
"$GAVEL" serve --listen nonsense --release "$release" >"$dir/second" 2>&1 || code=$?
[ $code = 2 ] || fail "exit $code for an address that is none"
code=0
"$GAVEL" serve --listen 127.0.0.1:0 --release "$dir/nothing.gavel" >"$dir/second" 2>&1 || code=$?
[ $code = 1 ] || fail "exit $code for a release that is not there"
has "$dir/second" "nothing.gavel"

serve_stop "$pid"
! grep -q 'hello there' "$dir/plain.log" || fail "a text stands in the log"
! grep -vq '^{"ts":"20.*}$' "$dir/plain.log" || fail "the log is not JSON lines"

# keys: asked for, named in the log, read again on SIGHUP
printf '# keys\nsk-old-0123456789 shop\n' >"$dir/keys"
serve_start keyed --set api_keys_file="$dir/keys"
ask 401 "$url/v1/models"
ask 401 "$url/v1/models" -H 'Authorization: Bearer sk-new-0123456789'
ask 200 "$url/v1/models" -H 'Authorization: Bearer sk-old-0123456789'
printf 'sk-new-0123456789\n' >"$dir/keys"
kill -HUP "$pid"
tries=0
until [ "$(curl -s -o /dev/null -w '%{http_code}' "$url/v1/models" -H 'Authorization: Bearer sk-new-0123456789')" = 200 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "the keys were not read again"
    sleep 0.05
done
ask 401 "$url/v1/models" -H 'Authorization: Bearer sk-old-0123456789'
has "$dir/keyed.log" '"key":"shop"'
! grep -q 'sk-' "$dir/keyed.log" || fail "a key stands in the log"

# stopping answers what was accepted: a megabyte is being judged when the signal comes
{ printf '{"input":"'; yes 'the quick brown fox' | head -c 1000000 | tr '\n' ' '; printf '"}'; } >"$dir/long"
curl -sS -o "$dir/late" -w '%{http_code}' "$url/v1/moderations" -H 'Expect:' \
    -H 'Authorization: Bearer sk-new-0123456789' --data-binary @"$dir/long" >"$dir/late.code" &
curl_pid=$!
until curl -s "$url/metrics" | grep -q '^gavel_connections 2'; do :; done
serve_stop "$pid"
wait $curl_pid
[ "$(cat "$dir/late.code")" = 200 ] || { cat "$dir/late"; fail "the accepted request got $(cat "$dir/late.code")"; }
