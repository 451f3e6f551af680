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

static void an_overlay_is_put_where_its_text_is_and_kept_for_each_reader(void **state)
{
    Store *db = archive_open(*state);
    SampleWriter w = begin(db);
    put(&w, row("a text", 0));
    Row read = row("A text", 1);
    read.text = (Str){0};
    read.policy = STR("openai-13");
    read.source = STR("read-one");
    Row other = read, newer = read, nowhere = read;
    other.source = STR("read-two");
    newer.policy = STR("openai-13b");
    nowhere.digest.byte[0] ^= 1;
    assert_int_equal(put(&w, read), SAMPLE_LABELLED);
    assert_int_equal(put(&w, read), SAMPLE_KNOWN);
    assert_int_equal(put(&w, other), SAMPLE_LABELLED); /* says the same, and is another voice */
    assert_int_equal(put(&w, newer), SAMPLE_LABELLED);
    assert_int_equal(put(&w, nowhere), SAMPLE_ABSENT);
    assert_int_equal(archive_number(db, "SELECT count(*) FROM sample"), 1);
    assert_int_equal(archive_number(db, "SELECT count(*) FROM label_set"), 4);
    assert_int_equal(
        archive_number(db, "SELECT count(*) FROM label_set WHERE policy = 'openai-13'"), 2);
    store_rollback(db);
    store_close(db);
}

/* Text "one" is brought by "here", "two" by "there"; both were read again, and so was
 * "three", whose recipe is no longer in force. */
static void overlays_come_with_their_texts_and_bring_none(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    Err err = {0};
    SampleWriter w = begin(db), past;
    assert_true(store_exec(db,
                           "INSERT INTO recipe (id, name, digest, source, licence, in_force,"
                           " created_ms) VALUES (2, 'past', '01', 'past', 'CC0-1.0', 0, 1)",
                           &err));
    put(&w, row("one", 0));
    Row two = row("two", 0);
    two.source = STR("there");
    put(&w, two);
    assert_true(sample_writer_init(db, 2, 5, &past, &err));
    put(&past, row("three", 0));
    assert_true(sample_writer_init(db, 1, 5, &w, &err));
    static const char *const texts[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++) {
        Row read = row(texts[i], 1);
        read.text = (Str){0};
        read.policy = STR("openai-13");
        read.source = STR("read-one");
        put(&w, read);
    }
    assert_true(store_commit(db, &err));
    const char *here = "here", *reader = "read-one";
    const struct {
        LabelSetsWanted wanted;
        size_t texts, sets;
    } cases[] = {
        {{0},                 2, 4},
        {{NULL, 0, true},     2, 2},
        {{&here, 1, false},   1, 2},
        {{&here, 1, true},    1, 1},
        {{&reader, 1, false}, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        LabelledTexts all;
        size_t sets = 0, overlays = 0;
        assert_true(label_sets_load(db, t->arena, &cases[i].wanted, NULL, &all, &err));
        assert_int_equal(all.count, cases[i].texts);
        assert_int_equal(all.orphans, 1);
        for (size_t k = 0; k < all.count; k++) {
            sets += all.text[k].set_count;
            for (size_t s = 0; s < all.text[k].set_count; s++)
                overlays += all.text[k].set[s].overlay;
        }
        assert_int_equal(sets, cases[i].sets);
        assert_int_equal(overlays, cases[i].sets - cases[i].texts);
    }
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
    assert_true(label_sets_load(db, t->arena, &(LabelSetsWanted){0}, NULL, &all, &err));
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
    assert_true(
        label_sets_load(db, t->arena, &(LabelSetsWanted){&nobody, 1, false}, NULL, &all, &err));
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
#define DAMAGE(sql)                                                                       \
    assert_true(store_exec(db, sql, &err));                                               \
    assert_false(label_sets_load(db, t->arena, &(LabelSetsWanted){0}, NULL, &all, &err)); \
    assert_true(err.msg[0]);                                                              \
    err = (Err){0};                                                                       \
    assert_true(store_exec(db,                                                            \
                           "UPDATE label_set SET labels = '{}', weight = 1,"              \
                           " origin = 'import', split = ''",                              \
                           &err));                                                        \
    assert_true(label_sets_load(db, t->arena, &(LabelSetsWanted){0}, NULL, &all, &err))
    DAMAGE("UPDATE label_set SET labels = '{\"hate\":2}'");
    DAMAGE("UPDATE label_set SET labels = 'hate'");
    DAMAGE("UPDATE label_set SET weight = 0");
    DAMAGE("UPDATE label_set SET weight = 1.5");
    DAMAGE("UPDATE label_set SET origin = 'hearsay'");
    DAMAGE("UPDATE label_set SET split = 'nowhere'");
    assert_true(store_exec(db, "UPDATE sample SET digest = 'short'", &err));
    assert_false(label_sets_load(db, t->arena, &(LabelSetsWanted){0}, NULL, &all, &err));
    store_close(db);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)
    const struct CMUnitTest tests[] = {
        T(a_fact_is_new_once),
        T(an_overlay_is_put_where_its_text_is_and_kept_for_each_reader),
        T(overlays_come_with_their_texts_and_bring_none),
        T(ids_go_on_in_the_next_transaction),
        T(what_was_said_is_read_back_text_by_text),
        T(damaged_facts_are_told_and_not_used),
    };
    return cmocka_run_group_tests_name("data/sample", tests, NULL, NULL);
}
