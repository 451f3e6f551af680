/* A recipe, and behind a line "%%%%" a file to read with it: whatever the recipe says, rows are
 * UTF-8 that is masked, values are unknown or within [0, 1], weights above 0 and at most 1, and
 * reading again gives the same rows. */
#include "data/mask.h"
#include "data/recipe.h"
#include "memory_file.h"
#include "text/utf8.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(float v) { assert(!label_known(v) || (v >= 0 && v <= 1)); }

static void check_row(const Row *row)
{
    assert(row->text.len > 0 || row->policy.len > 0); /* a text, or an overlay's digest */
    assert(utf8_valid(row->text, NULL));
    assert(row->weight > 0 && row->weight <= 1 && row->split <= SPLIT_COUNT);
    for (int f = 0; f < FACTOR_COUNT; f++)
        check_value(row->labels.factor[f]);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        check_value(row->labels.category[c]);
}

static Digest read_all(const Recipe *r, const char *path)
{
    RecipeReader *rr = NULL;
    Err err = {0};
    Row row;
    DigestState st;
    digest_init(&st);
    if (recipe_reader_open(r, path, 4096, &rr, &err)) {
        ReadStep s;
        size_t rows = 0;
        while ((s = recipe_reader_next(rr, &row, &err)) == READ_ROW || s == READ_BAD) {
            if (s == READ_BAD)
                continue;
            check_row(&row);
            digest_add(&st, row.text);
            digest_add(&st, (Str){(const char *)row.labels.factor, sizeof row.labels.factor});
            rows++;
        }
        assert(recipe_reader_counts(rr).rows == rows);
        recipe_reader_close(rr);
    }
    return digest_end(&st);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *cut = size ? memmem(data, size, "\n%%%%\n", 6) : NULL;
    size_t head = cut ? (size_t)(cut - data) + 1 : size;
    MemoryFile yaml = memory_file(data, head);
    MemoryFile rows = memory_file(data + head + (cut ? 5 : 0), size - head - (cut ? 5 : 0));
    Arena *a = arena_open(256 << 20);
    const Recipe *r = NULL;
    Err err = {0};
    if (recipe_load(a, yaml.path, &r, &err)) {
        Digest one = read_all(r, rows.path), two = read_all(r, rows.path);
        assert(digest_eq(&one, &two));
    } else {
        assert(!r && err.msg[0]);
    }
    arena_close(a);
    close(yaml.fd);
    close(rows.fd);
    return 0;
}
