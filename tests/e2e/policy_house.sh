#!/bin/sh
# A taxonomy of one's own over HTTP: in the extension member, under the norms of a locale, while
# the endpoint's thirteen stay what they are without it.
set -eu
. tests/e2e/serve.inc

ask() { # CODE PATH TEXT CURL-OPTION...
    want=$1 path=$2 text=$3
    shift 3
    code=$(curl -sS -o "$dir/out" -w '%{http_code}' "$url/v1/moderations$path" \
        -H 'Content-Type: application/json' --data-binary "{\"input\":\"$text\"}" "$@")
    [ "$code" = "$want" ] || fail "status $code, not $want"
}
serve_start plain --set policy_folder=policies/community
salute='Sieg Heil, my friends'
ask 200 "" "$salute"
! grep -q '"gavel"' "$dir/out" || fail "an extension that nobody asked for"
sed 's/"id":"[^"]*"//' "$dir/out" >"$dir/without"

# the same text under two norms, each with its clause
ask 200 "" "$salute" -H 'Gavel-Extensions: actions'
has "$dir/out" '"house":{"policy":"community"'
has "$dir/out" '"locale":null'
has "$dir/out" '"severity":"low","action":"flag","clause":"symbols.5"'
sed 's/"id":"[^"]*"//; s/,"gavel":.*}}\(}\]\)/\1/' "$dir/out" >"$dir/with"
cmp "$dir/without" "$dir/with" || fail "the thirteen changed"
for key in harassment hate/threatening sexual/minors violence/graphic; do
    has "$dir/out" "\"$key\":"
done
ask 200 "" "$salute" -H 'Gavel-Extensions: actions' -H 'Gavel-Locale: de-de'
has "$dir/out" '"locale":"de-DE"'
has "$dir/out" '"severity":"high","action":"hold","clause":"symbols.6","clause_text":"High: it is used here'
ask 200 "?extensions=actions&locale=in-IN" "Vote for the harbour party"
has "$dir/out" '"locale":"en-IN"'
has "$dir/out" '"campaigning":{"score":1,'
ask 400 "?extensions=actions&locale=qq-QQ" "$salute"
has "$dir/out" '"param":"locale"'
ask 200 "?locale=qq-QQ" "$salute" # nobody asked for norms
serve_stop "$pid"

# the server's own locale; and a folder or a locale that is not there
serve_start usual --set policy_folder=policies/community --set locale=x-children
ask 200 "?extensions=actions" "$salute"
has "$dir/out" '"locale":"x-children"'
serve_stop "$pid"
serve_start auto --set policy_folder=policies/community --set locale=auto
ask 200 "?extensions=actions" "Das ist der Text, den wir heute nicht mit euch lesen wollen und auch nicht hören"
has "$dir/out" '"locale":"de-DE"'
ask 200 "?extensions=actions" "The quick brown fox jumps over the lazy dog and the fence"
has "$dir/out" '"locale":null'
serve_stop "$pid"
refused 2 "has no locale 'qq'" "$GAVEL" serve --listen 127.0.0.1:0 --release "$release" \
    --set policy_folder=policies/community --set locale=qq
refused 1 "absent" "$GAVEL" serve --listen 127.0.0.1:0 --release "$release" \
    --set policy_folder="$dir/absent"
