#!/bin/sh
# The language of texts against the `language` of their recipes: floors for what is right and
# ceilings for what is wrong, in per cent, of all texts and of those with ten words or more
# (docs/decisions/0041-languages.md).  Roman Urdu has a wide ceiling: its set holds English too.
set -eu
data=${GAVEL_DATA:-../shared/data}
[ -d "$data/train" ] || { echo "no data at $data (GAVEL_DATA names another place)"; exit 77; }
tool=$(dirname "$GAVEL")/tests/tools/measure_language
for r in edos goemotions gahd-de germeval2018 told-br vihos-vi roman-urdu-rushold korean-hate cold-zh mlma ailuminate-demo; do
    "$tool" "recipes/train/$r.yaml" "$data"
done | awk '
    { texts[$1] += $2; right[$1] += $3; unknown[$1] += $4 }
    function want(tag, least, most,    r, w) {
        r = 100 * right[tag] / (texts[tag] ? texts[tag] : 1)
        w = 100 * (texts[tag] - right[tag] - unknown[tag]) / (texts[tag] ? texts[tag] : 1)
        printf "%-10s %6d texts  right %5.1f %%  wrong %5.2f %%\n", tag, texts[tag], r, w
        if (r < least || w > most) {
            printf "%s: at least %s %% right and at most %s %% wrong are wanted\n", tag, least, most
            bad = 1
        }
    }
    END {
        want("en", 90, 0.3);      want("en/10", 97, 0.2)
        want("de", 94, 0.3);      want("de/10", 98, 0.1)
        want("fr", 85, 0.6);      want("fr/10", 96, 0.3)
        want("pt", 76, 0.6);      want("pt/10", 93, 0.4)
        want("vi", 81, 0.7);      want("vi/10", 96, 0.4)
        want("ur-Latn", 70, 12);  want("ur-Latn/10", 76, 14)
        want("ar", 99, 0.1);      want("ko", 99, 0.1)
        want("zh", 99, 0.1)
        exit bad
    }'
