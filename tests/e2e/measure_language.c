/* measure_language RECIPE PATH - how often language_of says what the recipe's `language` says:
 * a line "tag texts right unknown" for each, where texts of fewer than ten words are counted
 * too, and after it a line "tag/10 ..." for the others.  Nothing of the texts is printed. */
#include "data/recipe.h"
#include "text/language.h"

#include <stdio.h>

enum { LINE_MAX_BYTES = 1 << 20, LONG_WORDS = 10 };

typedef struct Count {
    size_t texts, right, unknown;
} Count;

static void add(Count *c, Language want, Language got)
{
    c->texts++;
    c->right += got == want;
    c->unknown += got == LANGUAGE_UNKNOWN;
}

static bool read_all(RecipeReader *reader, Count all[LANGUAGE_COUNT][2], Err *err)
{
    Row row;
    ReadStep step;
    while ((step = recipe_reader_next(reader, &row, err)) != READ_END) {
        Language want;
        size_t words = 1;
        if (step == READ_FAILED)
            return false;
        if (step == READ_BAD || !language_parse(row.language, &want))
            continue;
        for (size_t i = 0; i < row.text.len; i++)
            words += row.text.ptr[i] == ' ';
        Language got = language_of(row.text);
        add(&all[want][0], want, got);
        if (words >= LONG_WORDS)
            add(&all[want][1], want, got);
    }
    return true;
}

int main(int argc, char **argv)
{
    Count all[LANGUAGE_COUNT][2] = {{{0}}};
    Arena *a = arena_open((size_t)64 << 20);
    const Recipe *recipe = NULL;
    RecipeReader *reader = NULL;
    Err err = {0};
    bool ok = argc == 3 && recipe_load(a, argv[1], &recipe, &err) &&
              recipe_reader_open(recipe, argv[2], LINE_MAX_BYTES, &reader, &err) &&
              read_all(reader, all, &err);
    recipe_reader_close(reader);
    arena_close(a);
    if (!ok) {
        fprintf(stderr, "%s\n", argc == 3 ? err.msg : "measure_language RECIPE PATH");
        return 1;
    }
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        for (int k = 0; k < 2; k++)
            if (all[l][k].texts)
                printf("%s%s %zu %zu %zu\n", language_code((Language)l), k ? "/10" : "",
                       all[l][k].texts, all[l][k].right, all[l][k].unknown);
    return 0;
}
