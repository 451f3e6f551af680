/* What agreement.c computes, against figures of the literature and against sums by hand. */
#include "label/agreement.h"

#include "base/file.h"
#include "temp.h"

/* One string a reader, one sign a text: '1' yes, '0' no, '.' did not read it, '?' unsure. */
static Readings readings_of(Arena *a, const char *const *reader, size_t readers)
{
    size_t texts = strlen(reader[0]);
    Readings all = {arena_array(a, Reading, readers * texts), 0, readers * texts};
    for (size_t r = 0; r < readers; r++) {
        for (size_t t = 0; t < texts; t++) {
            Reading x = {.policy = STR("p"), .by = str_print(a, "reader-%zu", r)};
            if (reader[r][t] == '.')
                continue;
            x.text.byte[0] = (uint8_t)t;
            x.text.byte[1] = (uint8_t)(t >> 8);
            labels_unknown(&x.labels);
            if (reader[r][t] != '?')
                x.labels.factor[FACTOR_HATE] = reader[r][t] == '1' ? 0.5f : 0.49f;
            all.reading[all.count++] = x;
        }
    }
    return all;
}

static FactorAgreement hate(Arena *a, const char *const *reader, size_t readers)
{
    Readings all = readings_of(a, reader, readers);
    Agreement g;
    Err err = {0};
    if (!agreement(a, &all, 1, &g, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(g.readings, all.count);
    return g.factor[FACTOR_HATE];
}

static void near(double got, double want, double by)
{
    if (!(fabs(got - want) <= by))
        fail_msg("got %.6f, wanted %.6f", got, want);
}

/* Two readers of a table: both yes, yes-no, no-yes, both no. */
static FactorAgreement table(Arena *a, int yy, int yn, int ny, int nn)
{
    int n = yy + yn + ny + nn;
    char *one = arena_array(a, char, (size_t)n + 1), *two = arena_array(a, char, (size_t)n + 1);
    for (int i = 0; i < n; i++) {
        one[i] = i < yy + yn ? '1' : '0';
        two[i] = i < yy || (i >= yy + yn && i < yy + yn + ny) ? '1' : '0';
    }
    const char *const reader[] = {one, two};
    return hate(a, reader, 2);
}

/* Cohen (1960), table 1: two judges, three categories, kappa .492.  Our factors have two
 * values, so each category is taken against the other two; kappa of the whole is their mean,
 * weighted by 1 - chance. */
static void kappa_is_that_of_cohens_own_table(void **state)
{
    static const int n[3][3] = {
        {88, 14, 18},
        {10, 40, 10},
        {2,  6,  12}
    };
    double sum = 0, weight = 0;
    for (int c = 0; c < 3; c++) {
        int yy = n[c][c], yn = 0, ny = 0;
        for (int k = 0; k < 3; k++) {
            yn += k != c ? n[c][k] : 0;
            ny += k != c ? n[k][c] : 0;
        }
        FactorAgreement g = table(*state, yy, yn, ny, 200 - yy - yn - ny);
        double first = (yy + yn) / 200.0, second = (yy + ny) / 200.0;
        double chance = first * second + (1 - first) * (1 - second);
        assert_int_equal(g.pairs, 200);
        assert_int_equal(g.both, yy);
        assert_int_equal(g.either, yy + yn + ny);
        near(g.raw.value, (200 - yn - ny) / 200.0, 1e-12);
        sum += (1 - chance) * g.kappa.value;
        weight += 1 - chance;
    }
    near(sum / weight, 0.492, 0.0005);
}

/* Tables that textbooks work out, with po and pe written beside them. */
static void kappa_is_that_of_worked_tables(void **state)
{
    near(table(*state, 20, 5, 10, 15).kappa.value, 0.4, 1e-12);    /* .70, .50 */
    near(table(*state, 45, 15, 25, 15).kappa.value, 0.1304, 5e-5); /* .60, .54 */
    near(table(*state, 25, 35, 5, 35).kappa.value, 0.2593, 5e-5);  /* .60, .46 */
    near(table(*state, 0, 10, 10, 0).kappa.value, -1, 1e-12);      /* 0, .50 */
}

/* Krippendorff (2011), section A: ten texts, two observers, alpha .095. */
static void alpha_is_that_of_krippendorffs_first_example(void **state)
{
    const char *const reader[] = {"0100000010", "1110010000"};
    FactorAgreement g = hate(*state, reader, 2);
    near(g.alpha.value, 0.095, 0.0005);
    near(g.alpha.value, 1 - 19.0 * 4 / (14 * 6), 1e-12);
    near(g.raw.value, 0.6, 1e-12);
}

/* Krippendorff (2011), section C: four observers, twelve units, some absent, five values, alpha
 * .743.  Each value is taken against the others; the whole is their mean, weighted by the
 * product of how often each side is said in units that several read. */
static void alpha_with_absent_readers_is_that_of_krippendorffs_third_example(void **state)
{
    static const char *const said[] = {
        "123321412...",
        "1233224125.3",
        ".3332342251.",
        "12332441251.",
    };
    static const double times[] = {9, 13, 10, 5, 3}; /* as he counts them: 40 */
    double sum = 0, weight = 0;
    for (int v = 0; v < 5; v++) {
        char text[4][13] = {{0}};
        const char *reader[4];
        for (int r = 0; r < 4; r++) {
            for (int t = 0; t < 12; t++)
                text[r][t] = said[r][t] == '.' ? '.' : said[r][t] == '1' + v ? '1' : '0';
            reader[r] = text[r];
        }
        FactorAgreement g = hate(*state, reader, 4);
        assert_int_equal(g.texts, 11); /* one reader alone says nothing of agreement */
        sum += times[v] * (40 - times[v]) * g.alpha.value;
        weight += times[v] * (40 - times[v]);
    }
    near(sum / weight, 0.743, 0.0005);
}

static void what_a_reader_is_unsure_of_is_compared_with_nothing(void **state)
{
    const char *const whole[] = {"0100000010", "1110010000"};
    const char *const more[] = {"0100000010??1?", "1110010000?1??"};
    FactorAgreement x = hate(*state, whole, 2), y = hate(*state, more, 2);
    assert_memory_equal(&x, &y, sizeof x);
}

static void what_everybody_says_of_all_gives_no_kappa_and_no_alpha(void **state)
{
    const char *const reader[] = {"0000", "0000"}, *const unsure[] = {"??0", "0??"};
    FactorAgreement g = hate(*state, reader, 2);
    near(g.raw.value, 1, 0);
    assert_true(isnan(g.kappa.value) && isnan(g.alpha.value) && isnan(g.alpha.low));
    g = hate(*state, unsure, 2);
    assert_int_equal(g.texts, 0);
    assert_true(isnan(g.raw.value) && isnan(g.kappa.value) && isnan(g.alpha.value));
}

/* A proportion's interval is known: .8 of 200 is .8 +- 1.96 sqrt(.8 * .2 / 200) = .055. */
static void intervals_are_as_wide_as_theory_says_and_follow_from_the_seed(void **state)
{
    FactorAgreement g = table(*state, 80, 20, 20, 80), again = table(*state, 80, 20, 20, 80);
    near(g.raw.low, 0.8 - 0.055, 0.01);
    near(g.raw.high, 0.8 + 0.055, 0.01);
    near(g.kappa.low, 0.6 - 0.111, 0.02); /* kappa = 2 raw - 1 at equal halves */
    near(g.kappa.high, 0.6 + 0.111, 0.02);
    near(g.alpha.low, g.kappa.low, 0.01);
    assert_memory_equal(&g, &again, sizeof g);
}

static void readings_of_another_policy_are_another_question(void **state)
{
    const char *const reader[] = {"0011", "0101", "0110"};
    Readings all = readings_of(*state, reader, 3);
    for (size_t i = 8; i < 12; i++)
        all.reading[i].policy = STR("q");
    Agreement g;
    Err err = {0};
    assert_true(agreement(*state, &all, 1, &g, &err));
    assert_int_equal(g.readers, 3);
    assert_int_equal(g.texts, 8);
    assert_int_equal(g.again, 4);
    assert_int_equal(g.factor[FACTOR_HATE].pairs, 4);
}

static void three_readers_of_a_text_are_three_pairs(void **state)
{
    const char *const reader[] = {"1100", "1010", "1.00"};
    FactorAgreement g = hate(*state, reader, 3);
    assert_int_equal(g.texts, 4);
    assert_int_equal(g.pairs, 10);
    assert_int_equal(g.both, 3);
    near(g.raw.value, 0.7, 1e-12);
}

static void a_text_read_twice_by_one_reader_is_refused(void **state)
{
    const char *const reader[] = {"01", "01"};
    Readings all = readings_of(*state, reader, 2);
    all.reading[2].by = all.reading[0].by;
    Agreement g = {.texts = 77};
    Err err = {0};
    assert_false(agreement(*state, &all, 1, &g, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.msg, "reader-0 read the text 000000000000 twice under p"));
    assert_int_equal(g.texts, 77);
}

static void nothing_read_is_no_agreement_and_no_error(void **state)
{
    Readings none = {0};
    Agreement g;
    Err err = {0};
    assert_true(agreement(*state, &none, 1, &g, &err));
    assert_int_equal(g.texts, 0);
    assert_true(isnan(g.factor[FACTOR_SPAM].raw.value));
}

#define LINE(hex, rest)  \
    "{\"sha256\":\"" hex \
    "112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"" rest "}\n"
#define BY(reader) ",\"by\":\"" reader "\",\"policy\":\"p\""

static void files_are_read_one_behind_the_other_and_a_bad_line_is_told(void **state)
{
    Temp *t = *state;
    Err err = {0};
    Readings all = {0};
    const char *one = temp_path(t, "one.jsonl"), *two = temp_path(t, "two.jsonl");
    assert_true(
        file_save(one, STR(LINE("00", ",\"hate\":1" BY("a")) LINE("01", BY("a"))), &err));
    assert_true(file_save(two, STR(LINE("00", ",\"unsure\":\"spam\"" BY("b"))), &err));
    assert_true(readings_load(t->arena, one, 1 << 16, &all, &err));
    assert_true(readings_load(t->arena, two, 1 << 16, &all, &err));
    assert_int_equal(all.count, 3);
    assert_true(str_eq(all.reading[2].by, STR("b")));
    assert_false(label_known(all.reading[2].labels.factor[FACTOR_SPAM]));
    assert_true(
        file_save(two, STR(LINE("02", BY("b")) LINE("00", ",\"haet\":1" BY("b"))), &err));
    assert_false(readings_load(t->arena, two, 1 << 16, &all, &err));
    assert_non_null(strstr(err.msg, "two.jsonl:2: no factor is called 'haet'"));
    assert_int_equal(all.count, 3); /* nothing of a file that is refused */
    assert_false(readings_load(t->arena, temp_path(t, "none"), 1 << 16, &all, &err));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(kappa_is_that_of_cohens_own_table),
        T(kappa_is_that_of_worked_tables),
        T(alpha_is_that_of_krippendorffs_first_example),
        T(alpha_with_absent_readers_is_that_of_krippendorffs_third_example),
        T(what_a_reader_is_unsure_of_is_compared_with_nothing),
        T(what_everybody_says_of_all_gives_no_kappa_and_no_alpha),
        T(intervals_are_as_wide_as_theory_says_and_follow_from_the_seed),
        T(readings_of_another_policy_are_another_question),
        T(three_readers_of_a_text_are_three_pairs),
        T(a_text_read_twice_by_one_reader_is_refused),
        T(nothing_read_is_no_agreement_and_no_error),
        cmocka_unit_test_setup_teardown(
            files_are_read_one_behind_the_other_and_a_bad_line_is_told, with_temp,
            without_temp),
    };
    return cmocka_run_group_tests_name("label/agreement", tests, NULL, NULL);
}
