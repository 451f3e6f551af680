#!/bin/sh
# Label overlays: labels of texts that are in the archive already, through gavel ingest into a
# snapshot and out of it again.
set -eu
recipe=$PWD/recipes/own/labels.yaml
. tests/e2e/lib.inc
cd "$dir"
GAVEL_STORE_PATH=$dir/archive.db
export GAVEL_STORE_PATH
digest() { printf %s "$1" | tr '[:upper:]' '[:lower:]' | sha256sum | cut -c1-64; } # of a text without gaps
row() { grep -F "\"text\":\"$1\"" rows.jsonl; }

mkdir -p data corpus/labels
cat >pool.yaml <<'EOT'
source: pool
licence: CC0-1.0
format: csv
files: pool.csv
text: "{text}"
group: "{page}"
weight: 0.5
split: {column: part, sides: {held: test}}
labels:
  - set: {hate: {column: hate}, spam: 0, violence: 0.5}
EOT
cat >data/pool.csv <<'EOT'
text,page,part,hate
The kettle is on,1,,0
Rain until Thursday,1,,1
Nobody read this,2,held,0
A lamp in the hall,3,held,
EOT
"$GAVEL" ingest --recipe pool.yaml data >out
"$GAVEL" snapshot create --name before >out

# Two readers; the second file repeats a line of the first.
kettle=$(digest "The kettle is on") rain=$(digest "Rain until Thursday") lamp=$(digest "A lamp in the hall")
cat >corpus/labels/one.jsonl <<EOT
{"sha256":"$kettle","hate":1,"insult":0.5,"unsure":"violence, weapon","by":"reader-1","policy":"openai-13"}
{"sha256":"$rain","by":"reader-1","policy":"openai-13"}
{"sha256":"$lamp","gore":0.25,"unsure":"hate","by":"reader-1","policy":"openai-13"}
{"sha256":"$(digest nowhere)","by":"reader-1","policy":"openai-13"}
EOT
cat >corpus/labels/two.jsonl <<EOT
{"sha256":"$rain","by":"reader-1","policy":"openai-13"}
{"sha256":"$rain","hate":0.5,"by":"reader-2","policy":"openai-13"}
EOT
"$GAVEL" recipe check "$recipe" . --json >out
grep -q '"rows":6,' out || fail "recipe check counts the rows"
grep -q '"read-reader-1":5,"read-reader-2":1' out || fail "a source for each reader"
"$GAVEL" ingest --recipe "$recipe" . --json >out
total rows 5 && total samples 0 && total label_sets 4 && total absent 1 && total bad 0
[ "$(sqlite3 archive.db "SELECT count(*) FROM label_set WHERE policy = 'openai-13'")" = 4 ] ||
    fail "the policy is not kept"
"$GAVEL" ingest --recipe "$recipe" . >out
grep -q '^in all: 5 rows, 0 new texts, 0 new label sets, 0 bad, 1 texts not in the archive$' out ||
    fail "the second time nothing is new"

# The merged labels: a reader is believed, the mean of two; what nobody was sure of is the
# pool's own.  Splits stay what they were, and the row says that it was read.
"$GAVEL" snapshot create --name after --json >out
grep -q '"overlaid":3,"overlays_without_text":0,' out || fail "the report counts them"
"$GAVEL" snapshot diff before after --json >out
grep -q '"total":{"added":0,"removed":0,"relabelled":3,"moved":3,"same":1}' out ||
    fail "three rows have new labels and another name"
"$GAVEL" snapshot export after --out rows.jsonl
row "The kettle is on" | grep -q '"source":"read-pool".*"origin":"llm".*"weight":1,"labels":{"hate":1,"insult":0.5,.*"violence":0.5,' ||
    fail "kettle: $(row "The kettle is on")"
row "The kettle is on" | grep -q '"weapon"' && fail "unsure is 0"
row "Rain until Thursday" | grep -q '"labels":{"hate":0.25,"insult":0,.*"violence":0,' || fail "the mean of two"
row "A lamp in the hall" | grep -q '"split":"test".*"labels":{"insult":0,.*"gore":0.25' || fail "lamp is on its side"
row "A lamp in the hall" | grep -q '"hate"' && fail "nobody knows"
row "Nobody read this" | grep -q '"source":"pool","group":"pool:.*"weight":0.5,"labels":{"hate":0,"violence":0.5,"spam":0}' ||
    fail "what nobody read is as it was"
sides() { sed 's/.*"text":"\([^"]*\)".*"group":"\([^"]*\)".*"split":"\([a-z]*\)".*/\1 \2 \3/' "$1"; }
"$GAVEL" snapshot export before | sides - >x
sides rows.jsonl | cmp - x || fail "an overlay moved a row"

# By source: overlays come with their texts, and alone they bring nothing.
"$GAVEL" snapshot create --include pool --json >out
grep -q '"overlaid":3,' out || fail "--include pool has its overlays"
refused 1 "no row is left" "$GAVEL" snapshot create --include read-reader-1
"$GAVEL" snapshot create --no-overlays --calibrate-share 0.9 --json >out
grep -q '"overlays":false.*"overlaid":0,' out || fail "--no-overlays"
"$GAVEL" snapshot create --no-overlays --json >out
grep -q '"name":"before"' out || fail "without overlays all is as before"

# A text that its own recipe no longer yields does not live on by its overlay.
sed 's/^weight:/where: {column: page, not: "3"}\nweight:/' pool.yaml >edited.yaml
mv edited.yaml pool.yaml
"$GAVEL" ingest --recipe pool.yaml data >out
"$GAVEL" snapshot create --json >out
grep -q '"samples":3,"overlaid":2,"overlays_without_text":1,' out || fail "an overlay keeps a text alive"

# Bad lines are told with their place, and the rest goes in.
cat >corpus/labels/three.jsonl <<EOT
{"sha256":"${kettle%?}","by":"reader-3","policy":"openai-13"}
{"sha256":"$kettle","haet":1,"by":"reader-3","policy":"openai-13"}
{"sha256":"$kettle","hate":2,"by":"reader-3","policy":"openai-13"}
{"sha256":"$kettle","hate":1,"unsure":"hate","by":"reader-3","policy":"openai-13"}
{"sha256":"$kettle","unsure":"gone","by":"reader-3","policy":"openai-13"}
{"sha256":"$kettle","hate":1,"policy":"openai-13"}
{"sha256":"$kettle","hate":1,"by":"reader-3"}
{"hate":1,"by":"reader-3","policy":"openai-13"}
{"sha256":"$kettle","threat":1,"by":"reader-3","policy":"openai-13"}
EOT
"$GAVEL" ingest --recipe "$recipe" . --json >out 2>err
total bad 8 && total label_sets 1
for n in 1 2 3 4 5 6 7 8; do
    grep -q "three.jsonl:$n: " err || fail "line $n is not told"
done
grep -q "no factor is called 'haet'" err || fail "a misspelt factor is not named"
refused 1 "--strict" "$GAVEL" ingest --recipe "$recipe" . --strict

# Such a recipe has no texts to measure or to keep out.
refused 1 "names texts and has none" "$GAVEL" snapshot create --exclude "$recipe:."
for key in 'text: "{text}"' 'group: "{by}"' 'split: train' 'cut: {words: [1, 2]}'; do
    { sed '/^parts/,$d' "$recipe" && echo "$key"; } >wrong.yaml
    refused 1 'stands in place of' "$GAVEL" recipe check wrong.yaml .
done
sed 's/{sha256}/{sha256}{by}/' "$recipe" >wrong.yaml
refused 1 "one column is wanted" "$GAVEL" recipe check wrong.yaml .
