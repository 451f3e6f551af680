#!/bin/sh
# gavel snapshot create, list, show, diff, export: as a person uses them, and refusals.
set -eu
. tests/e2e/lib.inc
cd "$dir"
GAVEL_STORE_PATH=$dir/archive.db
export GAVEL_STORE_PATH

mkdir -p recipes dev data/song data/news dev-data/held
for name in song news held; do
    cat >recipes/$name.yaml <<EOF
source: $name
licence: CC0-1.0
format: jsonl
files: "*.jsonl"
language: en
text: "{text}"
labels:
  - {when: {column: rude, is: "1"}, set: {insult: 1}}
  - {when: {column: rude, is: "0"}, zero: [insult, hate]}
EOF
done
mv recipes/held.yaml dev/
rows() { # NAME COUNT
    awk -v name="$1" -v n="$2" 'BEGIN {
        srand(length(name))
        for (i = 0; i < n; i++) {
            t = name " " i
            for (k = 0; k < 9; k++) t = t " w" int(rand() * 5000)
            printf "{\"text\":\"%s\",\"rude\":%d}\n", t, i % 5 == 0
        }
    }'
}
rows song 200 >data/song/a.jsonl
rows newspaper 100 >data/news/a.jsonl
{
    head -n 7 data/song/a.jsonl
    echo '{"text":"found nowhere else","rude":0}'
} >dev-data/held/a.jsonl
refused 1 "no row is left" "$GAVEL" snapshot create
"$GAVEL" ingest --all recipes data >out

# Create: the same archive and wishes give the same digest, also in another store.
"$GAVEL" snapshot create --name first --json >out
first=$(field digest)
[ "$(field rows)" = 300 ] || fail "300 rows"
"$GAVEL" snapshot create --json >out
[ "$(field digest)" = "$first" ] || fail "another digest for the same"
"$GAVEL" ingest --recipe recipes/news.yaml data/news --set store_path=other.db >out
"$GAVEL" ingest --recipe recipes/song.yaml data/song --set store_path=other.db >out
"$GAVEL" snapshot create --json --set store_path=other.db >out
[ "$(field digest)" = "$first" ] || fail "another digest in another store"
"$GAVEL" snapshot create --seed 2 --json >out
[ "$(field digest)" != "$first" ] || fail "the seed does not matter"
"$GAVEL" snapshot create --name songs --include song --test-share 0 --json >out
[ "$(field rows) $(field test)" = "200 0" ] || fail "--include song --test-share 0"

# Exclude.
"$GAVEL" snapshot create --name clean --exclude dev/held.yaml:dev-data/held --json >out
[ "$(field rows) $(field excluded)" = "293 7" ] || fail "--exclude"
has out '"set":"dev/held.yaml:dev-data/held","texts":8,"bad":0,"equal":7,"near":0'
clean=$(field digest)
"$GAVEL" snapshot export clean --out rows.jsonl
{ echo "# said by a reader"; head -2 rows.jsonl | sed 's/.*"digest":"\([0-9a-f]*\)".*/\1  # why/'; } >digests
"$GAVEL" snapshot create --exclude dev/held.yaml:dev-data/held --exclude sha256:digests --json >out
[ "$(field rows) $(field excluded)" = "291 9" ] || fail "--exclude sha256:FILE"
echo "12ab" >short
refused 1 "short:1: no SHA-256" "$GAVEL" snapshot create --exclude sha256:short
: >empty
refused 1 "names no text" "$GAVEL" snapshot create --exclude sha256:empty
"$GAVEL" snapshot create --exclude-all dev dev-data --json >out
[ "$(field digest)" = "$clean" ] || fail "--exclude-all is --exclude for each"
refused 2 "go together" "$GAVEL" snapshot create --exclude-all dev
refused 2 "go together" "$GAVEL" snapshot create dev-data
refused 1 "none.yaml" "$GAVEL" snapshot create --exclude none.yaml:dev-data
refused 2 "RECIPE:PATH" "$GAVEL" snapshot create --exclude dev-data
refused 2 "shares" "$GAVEL" snapshot create --test-share 0.7 --calibrate-share 0.7
refused 2 "cannot be a name" "$GAVEL" snapshot create --name latest

# List and show.
"$GAVEL" snapshot list >out
[ "$(wc -l <out)" = 5 ] || fail "five snapshots"
has out " clean"
"$GAVEL" snapshot list --json >out
has out "\"digest\":\"$first\",\"name\":\"first\""
"$GAVEL" snapshot show first >out
has out "source  "
"$GAVEL" snapshot show "$(echo "$first" | cut -c1-8)" --json >out
has out '"sources":{"news":{"train":'
has out '"insult":{"zero":'
"$GAVEL" snapshot show latest >out
refused 1 "no snapshot is called 'none'" "$GAVEL" snapshot show none
refused 2 "usage" "$GAVEL" snapshot show

# Diff.
"$GAVEL" snapshot diff first clean --json >out
has out '"song":{"added":0,"removed":7,"relabelled":0,"moved":0,'
"$GAVEL" snapshot diff clean first >out
grep -q '^in all  *7  *0 ' out || fail "diff adds them back"
sed -i 's/insult, hate/insult/' recipes/news.yaml
"$GAVEL" ingest --recipe recipes/news.yaml data/news >out
"$GAVEL" snapshot create --name edited >out
"$GAVEL" snapshot diff first edited --json >out
has out '"news":{"added":0,"removed":0,"relabelled":80,"moved":0,"same":20}'

# Export.
"$GAVEL" snapshot export first --out first.jsonl
[ "$(wc -l <first.jsonl)" = 300 ] || fail "300 lines"
"$GAVEL" snapshot export first | cmp - first.jsonl || fail "stdout is the same"
grep -c '"labels":{"insult":1}' first.jsonl | grep -qx 60 || fail "60 rude ones"
refused 1 "none/x" "$GAVEL" snapshot export first --out none/x
"$GAVEL" snapshot export first >/dev/full 2>err && fail "a full disk was not told"

"$GAVEL" snapshot datasheet first --out sheet.md
grep -q '^| texts | ' sheet.md || fail "no count of texts in the data sheet"
grep -q '^## Labels' sheet.md || fail "no labels in the data sheet"
"$GAVEL" snapshot datasheet first | cmp - sheet.md || fail "stdout is the same sheet"
refused 1 "none/x" "$GAVEL" snapshot datasheet first --out none/x

# A store that may not be written.  Root may write everything, so root asks as nobody.
nobody=
[ "$(id -u)" != 0 ] || nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
chmod 755 . # mktemp made it for us alone
if $nobody "$GAVEL" help >out 2>&1; then
    mkdir closed
    cp archive.db closed/
    chmod 555 closed
    chmod 444 closed/archive.db
    # shellcheck disable=SC2086 # several words, or none
    refused 1 "closed/archive.db" $nobody "$GAVEL" snapshot create --set store_path=closed/archive.db
    chmod 755 closed
fi
sqlite3 foreign.db 'CREATE TABLE x (y)'
refused 1 "another program" "$GAVEL" snapshot list --set store_path=foreign.db
