#!/bin/sh
# gavel moderate as a person and as a program uses it, on a release without data.
set -eu
. tests/e2e/lib.inc
r=$dir/fixture.gavel
fixture_release "$r" >"$dir/digest"


# people
"$GAVEL" moderate --release "$r" "hello qzhxvj" >"$dir/out"
has "$dir/out" "flagged (flag)"
printf 'hello there\n' | "$GAVEL" moderate --release "$r" >"$dir/out"
has "$dir/out" "not flagged"
[ "$(wc -l <"$dir/out")" = 14 ] || fail "a line each and the verdict"
"$GAVEL" moderate --release "$r" "this is what they said to us" >"$dir/out"
has "$dir/out" "not flagged, English"
"$GAVEL" moderate --release "$r" "das ist nicht mein Fehler" >"$dir/out"
has "$dir/out" "not flagged, German (which the release does not know)"
"$GAVEL" moderate --release "$r" --json "jzwqxh" >"$dir/out"
has "$dir/out" '"self-harm":true'

# lines: in order, ids of any kind kept, bad lines answered, the rest goes on
cat >"$dir/in" <<'END'
{"id": 1, "text": "hello"}
{"id": {"deep": [1.5, null]}, "input": "qzhxvj"}

no json at all
{"id": "parts", "input": [{"type": "text", "text": "hi"}, {"type": "text", "text": "xqjwzk"}]}
{"id": "many", "input": ["vkqzjx", "hi"]}
{"id": "image", "input": [{"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}]}
{"id": "both", "text": "a", "input": "a"}
{"id": "none"}
[]
{"text": ""}
END
refused 1 "some lines were refused" "$GAVEL" moderate --release "$r" --jsonl <"$dir/in"
[ "$(wc -l <"$dir/out")" = 10 ] || fail "an answer a line"
line() { sed -n "$1p" "$dir/out" >"$dir/line"; has "$dir/line" "$2"; }
line 1 '{"id":1,"flagged":false,'
line 2 '{"id":{"deep":[1.5,null]},"flagged":true,'
line 3 '{"id":null,"error":{'
line 4 '"sexual":true'
line 5 '"results":['
line 6 '"code":"image_not_supported"'
line 7 '"error"'
line 8 '"code":"missing_required_parameter"'
line 9 '"code":"invalid_type"'
line 10 '{"id":null,"flagged":false,'
for key in harassment harassment/threatening sexual hate hate/threatening illicit \
    illicit/violent self-harm/intent self-harm/instructions self-harm sexual/minors \
    violence violence/graphic; do
    [ "$(head -n 1 "$dir/out" | grep -oF "\"$key\":" | wc -l)" = 2 ] || fail "$key twice a line"
done

# the same input gives the same bytes
cp "$dir/out" "$dir/once"
status 1 "$GAVEL" moderate --release "$r" --jsonl <"$dir/in"
cmp "$dir/once" "$dir/out"
printf '{"id":1,"text":"hello"}' | "$GAVEL" moderate --release "$r" --jsonl >"$dir/out"
has "$dir/out" '"flagged":false'

# limits and refusals
printf 'ab\377' | refused 1 "not UTF-8 at byte 2" "$GAVEL" moderate --release "$r"
head -c 3000 /dev/zero | tr '\0' a |
    refused 1 "at most 2000" "$GAVEL" moderate --set max_text_bytes=2000 --release "$r"
refused 1 "no release 'nowhere'" "$GAVEL" moderate --release nowhere x
printf 'junk' >"$dir/junk.gavel"
refused 1 "junk.gavel" "$GAVEL" moderate --release "$dir/junk.gavel" x
status 2 "$GAVEL" moderate --release "$r" --jsonl x

# a program that talks line by line gets its answer before it says more
mkfifo "$dir/ask" "$dir/answer"
"$GAVEL" moderate --release "$r" --jsonl <"$dir/ask" >"$dir/answer" &
exec 3>"$dir/ask" 4<"$dir/answer"
for i in 1 2 3; do
    printf '{"id":%d,"text":"qzhxvj"}\n' "$i" >&3
    read -r got <&4
    case $got in '{"id":'"$i"',"flagged":true,'*) ;; *) fail "answer $i: $got" ;; esac
done
exec 3>&-
wait $!
