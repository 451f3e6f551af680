#!/bin/sh
# gavel fold: operands and lines, for people and for machines, and what it refuses.
set -eu
. tests/e2e/lib.inc

# people: the folded view, and a line for each thing undone
"$GAVEL" fold "Hello,   WORLD" >"$dir/out"
[ "$(cat "$dir/out")" = "hello, world" ] || fail "$(cat "$dir/out")"
"$GAVEL" fold "You w h o r e s" "k1ll" >"$dir/out"
has "$dir/out" "you whores"
has "$dir/out" "    spacing at 4: w h o r e s -> whores"
has "$dir/out" "    leet at 0: k1ll -> kill"
[ "$(wc -l <"$dir/out")" = 4 ] || fail "two texts, two traces"

# more than a trace keeps is counted
i=0 text=
while [ $i -lt 70 ]; do text="$text k1ll" i=$((i + 1)); done
"$GAVEL" fold "$text" >"$dir/out"
has "$dir/out" "and 6 more"

# lines in, objects out, in order
printf 'a2lsbCB5b3Vyc2VsZiBub3c=\n\nplain\n' | "$GAVEL" fold --json >"$dir/out"
cat >"$dir/want" <<'END'
{"text":"a2lsbCB5b3Vyc2VsZiBub3c=","folded":"kill yourself now","disguised":true,"undone":1,"trace":[{"step":"base64","from":0,"to":24,"was":"a2lsbCB5b3Vyc2VsZiBub3c=","became":"kill yourself now"}]}
{"text":"","folded":"","disguised":false,"undone":0,"trace":[]}
{"text":"plain","folded":"plain","disguised":false,"undone":0,"trace":[]}
END
cmp "$dir/out" "$dir/want"

# what it gives is folded already
printf '%s\n' 'ｆｕｃｋ f*ck k.i.l.l' | "$GAVEL" fold | head -n 1 >"$dir/once"
"$GAVEL" fold <"$dir/once" >"$dir/twice"
cmp "$dir/once" "$dir/twice"

# refusals: the other lines are answered
printf 'one\n\377\ntwo\n' >"$dir/in"
status 1 "$GAVEL" fold <"$dir/in"
[ "$(tr '\n' ' ' <"$dir/out")" = "one two " ] || fail "$(cat "$dir/out")"
has "$dir/err" "some lines were refused"
refused 1 "max_text_bytes" "$GAVEL" fold --set max_text_bytes=1024 "$(printf '%02000d' 0)"
