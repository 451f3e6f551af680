#include "archive.h"

#include "base/fault.h"
#include "data/recipe_version.h"

#include <stdio.h>

static Str random_lines(Temp *t, uint64_t seed, int count)
{
    Buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < count; i++)
        archive_line(&b, archive_text(t->arena, &seed), i % 3 == 0, "free", "");
    Str s = str_copy(t->arena, buf_str(&b));
    buf_done(&b);
    return s;
}

static void assert_counts(IngestCounts c, size_t rows, size_t samples, size_t label_sets)
{
    assert_int_equal(c.rows, rows);
    assert_int_equal(c.samples, samples);
    assert_int_equal(c.label_sets, label_sets);
}

static void the_same_again_adds_nothing(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    const char *recipe = archive_recipe(t, "one.yaml", "one", "1", "hate");
    const char *dir = archive_folder(t, "one", random_lines(t, 1, 50));
    assert_counts(archive_ingest(db, recipe, dir), 50, 50, 50);
    assert_counts(archive_ingest(db, recipe, dir), 50, 0, 0);
    assert_int_equal(archive_number(db, "SELECT count(*) FROM sample"), 50);
    assert_int_equal(archive_number(db, "SELECT count(*) FROM label_set"), 50);
    assert_int_equal(archive_number(db, "SELECT count(*) FROM ingest_run WHERE state = 'done'"),
                     2);
    store_close(db);
}

static void the_same_text_with_other_labels_adds_labels_alone(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    const char *one = archive_recipe(t, "one.yaml", "one", "1", "hate");
    const char *two = archive_recipe(t, "two.yaml", "two", "1", "hate, insult");
    const char *dir = archive_folder(t, "texts", random_lines(t, 2, 20));
    archive_ingest(db, one, dir);
    assert_counts(archive_ingest(db, two, dir), 20, 0, 20);
    assert_int_equal(archive_number(db, "SELECT count(DISTINCT source) FROM sample"), 1);
    assert_int_equal(archive_number(db, "SELECT count(DISTINCT source) FROM label_set"), 2);
    store_close(db);
}

static void a_text_twice_in_one_file_keeps_both_opinions_once(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    Buf b;
    buf_init(&b, 1 << 16);
    archive_line(&b, "it is said twice", 1, "free", "");
    archive_line(&b, "it is said twice", 0, "free", "");
    archive_line(&b, "It  is said TWICE ", 1, "free", "");
    const char *dir = archive_folder(t, "texts", buf_str(&b));
    buf_done(&b);
    const char *recipe = archive_recipe(t, "one.yaml", "one", "1", "hate");
    assert_counts(archive_ingest(db, recipe, dir), 3, 1, 2);
    store_close(db);
}

typedef struct Heard {
    int bad, acknowledged;
    size_t last_rows;
    char first_bad[240];
    int refuse_at; /* the how-manieth acknowledgement fails; 0: none */
} Heard;

static bool on_bad(void *ctx, const char *message, Err *err)
{
    (void)err;
    Heard *h = ctx;
    if (h->bad++ == 0)
        snprintf(h->first_bad, sizeof h->first_bad, "%s", message);
    return true;
}

static bool on_acknowledged(void *ctx, const IngestCounts *c, Err *err)
{
    Heard *h = ctx;
    h->last_rows = c->rows;
    if (++h->acknowledged == h->refuse_at)
        return err_set(err, ERR_IO, "nobody listens");
    return true;
}

static IngestOptions heard_by(Heard *h)
{
    IngestOptions o = archive_options();
    o.bad = on_bad;
    o.acknowledged = on_acknowledged;
    o.ctx = h;
    return o;
}

static void a_bad_row_is_told_with_its_place_and_the_rest_goes_in(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    const char *dir = archive_folder(
        t, "texts",
        STR("{\"text\":\"the first one\",\"hate\":0,\"side\":\"free\",\"group\":\"\"}\n"
            "{\"text\":\"broken\n"
            "{\"text\":\"the third one\",\"hate\":1,\"side\":\"free\",\"group\":\"\"}\n"
            "[\"not an object\"\n"));
    const char *recipe = archive_recipe(t, "one.yaml", "one", "1", "hate");
    Heard h = {0};
    IngestOptions o = heard_by(&h);
    IngestCounts c;
    Err err = {0};
    assert_true(ingest_path(db, recipe, dir, &o, &c, &err));
    assert_counts(c, 2, 2, 2);
    assert_int_equal(c.bad, 2);
    assert_int_equal(h.bad, 2);
    assert_non_null(strstr(h.first_bad, "rows.jsonl:2: "));
    store_close(db);
}

static void nothing_readable_is_an_error(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    const char *recipe = archive_recipe(t, "one.yaml", "one", "1", "hate");
    const char *dir = archive_folder(t, "texts", STR("no json\nnor this\n"));
    const IngestOptions o = archive_options();
    IngestCounts c;
    Err err = {0};
    assert_false(ingest_path(db, recipe, dir, &o, &c, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.msg, "2 bad rows"));
    assert_int_equal(c.bad, 2);
    store_close(db);
}

static void what_is_missing_is_named(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    const char *recipe = archive_recipe(t, "one.yaml", "one", "1", "hate");
    const IngestOptions o = archive_options();
    IngestCounts c;
    Err err = {0};
    assert_false(ingest_path(db, temp_path(t, "none.yaml"), t->dir, &o, &c, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "none.yaml"));
    err = (Err){0};
    assert_false(ingest_path(db, recipe, temp_path(t, "nowhere"), &o, &c, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "nowhere"));
    assert_int_equal(archive_number(db, "SELECT count(*) FROM ingest_run"), 0);
    store_close(db);
}

static void an_edited_recipe_takes_over_when_it_is_through(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    const char *dir = archive_folder(t, "one", random_lines(t, 4, 30));
    archive_ingest(db, archive_recipe(t, "one.yaml", "one", "1", "hate"), dir);
    const char *edited = archive_recipe(t, "one.yaml", "one", "1", "hate, threat");
    Heard h = {.refuse_at = 2};
    IngestOptions o = heard_by(&h);
    IngestCounts c;
    Err err = {0};
    assert_false(ingest_path(db, edited, dir, &o, &c, &err));
    assert_string_equal(strstr(err.msg, "nobody"), "nobody listens");
    assert_int_equal(archive_number(db, "SELECT in_force FROM recipe WHERE id = 1"), 1);
    assert_int_equal(archive_number(db, "SELECT in_force FROM recipe WHERE id = 2"), 0);
    assert_counts(archive_ingest(db, edited, dir), 30, 0, 16); /* two batches of 7 were in */
    assert_int_equal(archive_number(db, "SELECT in_force FROM recipe WHERE id = 1"), 0);
    assert_int_equal(archive_number(db, "SELECT in_force FROM recipe WHERE id = 2"), 1);
    archive_ingest(db, archive_recipe(t, "one.yaml", "one", "1", "hate"), dir);
    assert_int_equal(archive_number(db, "SELECT in_force FROM recipe WHERE id = 1"), 1);
    store_close(db);
}

static void acknowledgements_count_what_is_committed(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    const char *recipe = archive_recipe(t, "one.yaml", "one", "1", "hate");
    const char *dir = archive_folder(t, "one", random_lines(t, 5, 40));
    Heard h = {.refuse_at = 3};
    IngestOptions o = heard_by(&h);
    IngestCounts c;
    Err err = {0};
    assert_false(ingest_path(db, recipe, dir, &o, &c, &err));
    assert_int_equal(h.last_rows, 21);
    assert_int_equal(c.rows, 21);
    assert_int_equal(archive_number(db, "SELECT count(*) FROM sample"), 21);
    assert_int_equal(archive_number(db, "SELECT row_count FROM ingest_run"), 21);
    store_close(db);
}

static void each_recipe_reads_its_own_folder_or_the_root(void **state)
{
    Temp *t = *state;
    Err err = {0};
    assert_true(file_make_dirs(temp_path(t, "recipes"), &err));
    archive_recipe(t, "recipes/b.yaml", "b", "1", "hate");
    archive_recipe(t, "recipes/a.yaml", "a", "1", "hate");
    archive_write(t, "recipes/notes.txt", STR("no recipe"));
    const char *data = temp_path(t, "data");
    archive_folder(t, "data/b", STR(""));
    RecipePath *paths = NULL;
    size_t n = 0;
    assert_true(recipe_paths(t->arena, temp_path(t, "recipes"), data, &paths, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(paths[0].recipe, temp_path(t, "recipes/a.yaml"));
    assert_string_equal(paths[0].path, data);
    assert_string_equal(paths[1].path, temp_path(t, "data/b"));
    assert_false(recipe_paths(t->arena, data, data, &paths, &n, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_false(recipe_paths(t->arena, temp_path(t, "none"), data, &paths, &n, &err));
}

static void a_recipe_is_named_after_its_file(void **state)
{
    (void)state;
    static const struct {
        const char *path, *name;
    } cases[] = {
        {"recipes/train/edos.yaml", "edos"     },
        {"edos.yml",                "edos"     },
        {"edos",                    "edos"     },
        {"x/.yaml",                 ".yaml"    },
        {"x/a.b.yaml",              "a.b"      },
        {"x.yaml/edos.json",        "edos.json"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(str_eq(recipe_name_of(cases[i].path), str_of(cases[i].name)));
}

#ifdef FAULTS
/* Whatever breaks, a second run makes the archive whole. */
static void any_failure_is_told_and_a_second_run_mends_it(void **state)
{
    Temp *t = *state;
    const char *recipe = archive_recipe(t, "one.yaml", "one", "1", "hate");
    const char *dir = archive_folder(t, "one", random_lines(t, 6, 20));
    Store *db = archive_open(t);
    const IngestOptions o = archive_options();
    FAULT_SWEEP(n)
    {
        IngestCounts c;
        Err err = {0};
        bool ok = ingest_path(db, recipe, dir, &o, &c, &err);
        bool hit = fault_hit();
        fault_arm(0, 0);
        assert_true(ok || hit); /* closing a file that was only read may fail */
        assert_true(ok || err.msg[0]);
        assert_int_equal(archive_number(db, "SELECT count(*) FROM sample"
                                            " WHERE id NOT IN (SELECT sample FROM label_set)"),
                         0);
        assert_true(archive_number(db, "SELECT count(*) FROM sample") >= (int64_t)c.rows);
        if (!hit)
            break;
    }
    assert_int_equal(archive_number(db, "SELECT count(*) FROM sample"), 20);
    store_close(db);
}
#endif

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)
    const struct CMUnitTest tests[] = {
        T(the_same_again_adds_nothing),
        T(the_same_text_with_other_labels_adds_labels_alone),
        T(a_text_twice_in_one_file_keeps_both_opinions_once),
        T(a_bad_row_is_told_with_its_place_and_the_rest_goes_in),
        T(nothing_readable_is_an_error),
        T(what_is_missing_is_named),
        T(an_edited_recipe_takes_over_when_it_is_through),
        T(acknowledgements_count_what_is_committed),
        T(each_recipe_reads_its_own_folder_or_the_root),
        T(a_recipe_is_named_after_its_file),
#ifdef FAULTS
        T(any_failure_is_told_and_a_second_run_mends_it),
#endif
    };
    return cmocka_run_group_tests_name("data/ingest", tests, NULL, NULL);
}
