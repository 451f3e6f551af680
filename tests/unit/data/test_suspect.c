#include "data/suspect.h"

#include "base/file.h"
#include "temp.h"

static const char *file_of(Temp *t, const char *lines)
{
    Err err = {0};
    const char *path = temp_path(t, "suspects.jsonl");
    if (!file_save(path, str_of(lines), &err))
        fail_msg("%s", err.msg);
    return path;
}

static Digest nth_digest(int n)
{
    Digest d = {{0}};
    d.byte[0] = (uint8_t)n;
    return d;
}

static const char *line(Temp *t, int text, Factor f, float given, float p, SuspectProposal says)
{
    Suspect s = {.digest = nth_digest(text),
                 .source = STR("s"),
                 .factor = f,
                 .given = given,
                 .probability = p,
                 .margin = 0.5f,
                 .proposal = says};
    Buf b;
    buf_init(&b, 1000);
    suspect_print(&s, &b);
    const char *out = str_z(t->arena, buf_str(&b));
    buf_done(&b);
    return out;
}

static Row row_of(int text, float hate, Split split)
{
    Row r = {.digest = nth_digest(text), .split = split};
    labels_unknown(&r.labels);
    r.labels.factor[FACTOR_HATE] = hate;
    r.labels.factor[FACTOR_INSULT] = 0;
    return r;
}

static SuspectCounts apply(Temp *t, const char *lines, Rows *rows)
{
    Suspects *s = NULL;
    SuspectCounts n;
    Err err = {0};
    const char *path = file_of(t, lines);
    if (!suspects_load(t->arena, &path, 1, 1000, &s, &err))
        fail_msg("%s", err.msg);
    suspects_apply(s, rows, &n);
    return n;
}

static void a_dropped_label_is_unknown_and_the_others_stand(void **state)
{
    Temp *t = *state;
    Row r = row_of(1, 1, SPLIT_TRAIN);
    Rows rows = {&r, 1};
    SuspectCounts n = apply(t, line(t, 1, FACTOR_HATE, 1, 0.2f, SUSPECT_DROP), &rows);
    assert_false(label_known(r.labels.factor[FACTOR_HATE]));
    assert_true(r.labels.factor[FACTOR_INSULT] == 0);
    assert_int_equal(n.listed, 1);
    assert_int_equal(n.dropped, 1);
    assert_int_equal(n.relabelled + n.held + n.outdated + n.absent, 0);
}

static void a_relabelled_one_is_weak_and_on_the_other_side(void **state)
{
    Temp *t = *state;
    Row r = row_of(1, 1, SPLIT_TRAIN);
    Rows rows = {&r, 1};
    SuspectCounts n = apply(t, line(t, 1, FACTOR_HATE, 1, 0.02f, SUSPECT_RELABEL), &rows);
    assert_float_equal(r.labels.factor[FACTOR_HATE], 0.314, 1e-6);
    assert_int_equal(n.relabelled, 1);
    r = row_of(1, 0.03f, SPLIT_TRAIN);
    n = apply(t, line(t, 1, FACTOR_HATE, 0.03f, 0.95f, SUSPECT_RELABEL), &rows);
    assert_float_equal(r.labels.factor[FACTOR_HATE], 0.674, 1e-6);
    assert_int_equal(n.relabelled, 1);
}

static void only_what_is_trained_on_and_still_says_so_is_changed(void **state)
{
    Temp *t = *state;
    Row row[] = {row_of(1, 1, SPLIT_TEST), row_of(2, 1, SPLIT_CALIBRATE),
                 row_of(3, 0.5f, SPLIT_TRAIN), row_of(4, NAN, SPLIT_TRAIN)};
    Rows rows = {row, 4};
    Str lines = STR("");
    for (int i = 1; i <= 5; i++)
        lines = str_print(t->arena, STR_FMT "%s", STR_ARG(lines),
                          line(t, i, FACTOR_HATE, 1, 0.1f, SUSPECT_DROP));
    SuspectCounts n = apply(t, lines.ptr, &rows);
    assert_int_equal(n.held, 2);
    assert_int_equal(n.outdated, 2);
    assert_int_equal(n.absent, 1);
    assert_int_equal(n.dropped + n.relabelled, 0);
    assert_true(row[0].labels.factor[FACTOR_HATE] == 1);
    assert_true(row[2].labels.factor[FACTOR_HATE] == 0.5f);
}

static void two_labels_of_one_text_are_two_suspects(void **state)
{
    Temp *t = *state;
    Row r = row_of(1, 1, SPLIT_TRAIN);
    Rows rows = {&r, 1};
    Str lines = str_print(t->arena, "%s%s", line(t, 1, FACTOR_HATE, 1, 0.2f, SUSPECT_DROP),
                          line(t, 1, FACTOR_INSULT, 0, 0.7f, SUSPECT_DROP));
    assert_int_equal(apply(t, lines.ptr, &rows).dropped, 2);
    assert_false(label_known(r.labels.factor[FACTOR_INSULT]));
}

#define HEX "0100000000000000000000000000000000000000000000000000000000000000"
#define REST \
    "\"source\":\"s\",\"given\":1,\"probability\":0.1,\"margin\":0.8,\"proposal\":\"drop\"}\n"
#define GOOD "{\"sha256\":\"" HEX "\",\"factor\":\"hate\"," REST

static void a_line_that_makes_no_sense_is_refused_by_file_and_line(void **state)
{
    Temp *t = *state;
    static const struct {
        const char *lines, *words;
    } bad[] = {
        {GOOD GOOD,                                           ":2: this label is listed twice"},
        {"{\"sha256\":\"12\",\"factor\":\"hate\"," REST,      ":1: 'sha256'"                  },
        {"{\"sha256\":\"" HEX "\",\"factor\":\"haet\"," REST, "no factor is called 'haet'"    },
        {"{\"sha256\":\"" HEX "\",\"factor\":\"hate\",\"given\":2,\"probability\":0.1,"
         "\"margin\":0,\"proposal\":\"drop\"}\n",    "'given' wants a number"        },
        {"{\"sha256\":\"" HEX "\",\"factor\":\"hate\",\"given\":1,\"probability\":-0.1,"
         "\"margin\":0,\"proposal\":\"drop\"}\n",    "'probability' wants a number"  },
        {"{\"sha256\":\"" HEX "\",\"factor\":\"hate\",\"given\":1,\"probability\":0.1,"
         "\"margin\":0,\"proposal\":\"burn\"}\n",    "'proposal' is drop or relabel" },
        {"no json\n",                                         ":1"                            },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Suspects *s = NULL;
        Err err = {0};
        const char *path = file_of(t, bad[i].lines);
        assert_false(suspects_load(t->arena, &path, 1, 1000, &s, &err));
        assert_null(s);
        if (!strstr(err.msg, bad[i].words))
            fail_msg("wanted %s in %s", bad[i].words, err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_dropped_label_is_unknown_and_the_others_stand,
                                        with_temp, without_temp),
        cmocka_unit_test_setup_teardown(a_relabelled_one_is_weak_and_on_the_other_side,
                                        with_temp, without_temp),
        cmocka_unit_test_setup_teardown(only_what_is_trained_on_and_still_says_so_is_changed,
                                        with_temp, without_temp),
        cmocka_unit_test_setup_teardown(two_labels_of_one_text_are_two_suspects, with_temp,
                                        without_temp),
        cmocka_unit_test_setup_teardown(a_line_that_makes_no_sense_is_refused_by_file_and_line,
                                        with_temp, without_temp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
