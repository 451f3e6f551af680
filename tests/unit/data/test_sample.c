#include "archive.h"

#include "data/label_sets.h"
#include "data/sample.h"
#include "data/text_digest.h"

static Row row(const char *text, float hate)
{
    Row r = {.text = str_of(text),
             .source = STR("here"),
             .language = STR("en"),
             .weight = 1,
             .split = SPLIT_COUNT};
    r.digest = text_digest(r.text);
    labels_unknown(&r.labels);
    r.labels.factor[FACTOR_HATE] = hate;
    return r;
}

static SampleWriter begin(Store *db)
{
    Err err = {0};
    SampleWriter w;
    assert_true(store_exec(db,
                           "INSERT INTO recipe (id, name, digest, source, licence, in_force,"
                           " created_ms) VALUES (1, 'here', '00', 'here', 'CC0-1.0', 1, 1)"
                           " ON CONFLICT DO NOTHING",
                           &err));
    assert_true(store_begin(db, &err));
    if (!sample_writer_init(db, 1, 5, &w, &err))
        fail_msg("%s", err.msg);
    return w;
}

static SamplePut put(SampleWriter *w, Row r)
{
    Err err = {0};
    SamplePut what;
    if (!sample_put(w, &r, &what, &err))
        fail_msg("%s", err.msg);
    return what;
}

static void a_fact_is_new_once(void **state)
{
    Store *db = archive_open(*state);
    SampleWriter w = begin(db);
    Row test = row("a text", 0);
    test.split = SPLIT_TEST;
    Row judged = row("a text", 0);
    judged.origin = LABEL_ORIGIN_LLM;
    Row elsewhere = row("a text", 0);
    elsewhere.source = STR("elsewhere");
    Row sure = row("a text", 0);
    sure.weight = 0.5f;
    const struct {
        const char *what;
        Row row;
        SamplePut put;
    } steps[] = {
  /* clang-format off */
        {"a new text",                   row("a text", 0),     SAMPLE_FRESH   },
        {"the same",                     row("a text", 0),     SAMPLE_KNOWN   },
        {"in other letters and spaces",  row(" A  TEXT ", 0),  SAMPLE_KNOWN   },
        {"with another value",           row("a text", 1),     SAMPLE_LABELLED},
        {"unknown is not 0",             row("a text", NAN),   SAMPLE_LABELLED},
        {"fixed to a side",              test,                 SAMPLE_LABELLED},
        {"said by another origin",       judged,               SAMPLE_LABELLED},
        {"said by another source",       elsewhere,            SAMPLE_LABELLED},
        {"another weight is no news",    sure,                 SAMPLE_KNOWN   },
        {"another text",                 row("another", 0),    SAMPLE_FRESH   },
  /* clang-format on */
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (put(&w, steps[i].row) != steps[i].put)
            fail_msg("%s", steps[i].what);
    store_rollback(db);
    assert_int_equal(archive_number(db, "SELECT count(*) FROM sample"), 0);
    store_close(db);
}

static void ids_go_on_in_the_next_transaction(void **state)
{
    Store *db = archive_open(*state);
    Err err = {0};
    SampleWriter w = begin(db);
    put(&w, row("one", 0));
    put(&w, row("two", 0));
    assert_true(store_commit(db, &err));
    w = begin(db);
    put(&w, row("two", 1));
    put(&w, row("three", 0));
    assert_true(store_commit(db, &err));
    assert_int_equal(archive_number(db, "SELECT max(id) FROM sample"), 3);
    assert_int_equal(archive_number(db, "SELECT max(id) FROM label_set"), 4);
    store_close(db);
}

static void what_was_said_is_read_back_text_by_text(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    Err err = {0};
    SampleWriter w = begin(db);
    Row grouped = row("one", 1);
    grouped.group = STR("document 1");
    grouped.split = SPLIT_CALIBRATE;
    put(&w, grouped);
    put(&w, row("one", 0));
    put(&w, row("two", 0.25f));
    assert_true(store_commit(db, &err));
    LabelledTexts all;
    assert_true(label_sets_load(db, t->arena, NULL, 0, NULL, &all, &err));
    assert_int_equal(all.count, 2);
    assert_true(memcmp(all.text[0].digest.byte, all.text[1].digest.byte, 32) < 0);
    const LabelledText *one = &all.text[str_eq(all.text[0].text, STR("one")) ? 0 : 1];
    assert_int_equal(one->set_count, 2);
    const LabelSet *g = &one->set[one->set[0].group.len ? 0 : 1];
    assert_true(str_eq(g->group, STR("document 1")));
    assert_int_equal(g->split, SPLIT_CALIBRATE);
    assert_float_equal(g->labels.factor[FACTOR_HATE], 1, 0);
    assert_int_equal(g->group_number, 1);
    assert_int_equal(all.groups, 2);
    const char *nobody = "nobody";
    assert_true(label_sets_load(db, t->arena, &nobody, 1, NULL, &all, &err));
    assert_int_equal(all.count, 0);
    store_close(db);
}

static void damaged_facts_are_told_and_not_used(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    Err err = {0};
    SampleWriter w = begin(db);
    put(&w, row("one", 1));
    assert_true(store_commit(db, &err));
    LabelledTexts all;
#define DAMAGE(sql)                                                          \
    assert_true(store_exec(db, sql, &err));                                  \
    assert_false(label_sets_load(db, t->arena, NULL, 0, NULL, &all, &err));  \
    assert_true(err.msg[0]);                                                 \
    err = (Err){0};                                                          \
    assert_true(store_exec(db,                                               \
                           "UPDATE label_set SET labels = '{}', weight = 1," \
                           " origin = 'import', split = ''",                 \
                           &err));                                           \
    assert_true(label_sets_load(db, t->arena, NULL, 0, NULL, &all, &err))
    DAMAGE("UPDATE label_set SET labels = '{\"hate\":2}'");
    DAMAGE("UPDATE label_set SET labels = 'hate'");
    DAMAGE("UPDATE label_set SET weight = 0");
    DAMAGE("UPDATE label_set SET weight = 1.5");
    DAMAGE("UPDATE label_set SET origin = 'hearsay'");
    DAMAGE("UPDATE label_set SET split = 'nowhere'");
    assert_true(store_exec(db, "UPDATE sample SET digest = 'short'", &err));
    assert_false(label_sets_load(db, t->arena, NULL, 0, NULL, &all, &err));
    store_close(db);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)
    const struct CMUnitTest tests[] = {
        T(a_fact_is_new_once),
        T(ids_go_on_in_the_next_transaction),
        T(what_was_said_is_read_back_text_by_text),
        T(damaged_facts_are_told_and_not_used),
    };
    return cmocka_run_group_tests_name("data/sample", tests, NULL, NULL);
}
