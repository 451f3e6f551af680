#include "data/rows_stats.h"
#include "test.h"

static Row row(const char *source, Split split, float hate)
{
    Row r = {.source = str_of(source), .split = split, .weight = 1};
    labels_unknown(&r.labels);
    r.labels.factor[FACTOR_HATE] = hate;
    return r;
}

static void every_row_is_counted_once_where_it_belongs(void **state)
{
    Row row_list[] = {
        row("pear", SPLIT_TRAIN, 1),    row("apple", SPLIT_TRAIN, 0),
        row("pear", SPLIT_TRAIN, 0.5f), row("pear", SPLIT_TEST, 1),
        row("apple", SPLIT_TRAIN, NAN),
    };
    row_list[3].labels.category[CATEGORY_VIOLENCE] = 0;
    row_list[1].language = row_list[3].language = STR("en");
    RowsStats s;
    rows_stats(*state, &(Rows){row_list, 5}, &s);
    assert_int_equal(s.language_count, 2);
    assert_int_equal(s.language[0].name.len, 0); /* not known */
    assert_int_equal(s.language[0].rows[SPLIT_TRAIN], 3);
    assert_true(str_eq(s.language[1].name, STR("en")));
    assert_int_equal(s.language[1].rows[SPLIT_TRAIN], 1);
    assert_int_equal(s.language[1].rows[SPLIT_TEST], 1);
    assert_int_equal(s.source_count, 2);
    assert_true(str_eq(s.source[0].name, STR("apple")));
    assert_int_equal(s.source[0].rows[SPLIT_TRAIN], 2);
    assert_int_equal(s.source[1].rows[SPLIT_TRAIN], 2);
    assert_int_equal(s.source[1].rows[SPLIT_TEST], 1);
    const LabelCounts *c = &s.factor[SPLIT_TRAIN][FACTOR_HATE];
    assert_int_equal(c->zero, 1);
    assert_int_equal(c->one, 1);
    assert_int_equal(c->soft, 1);
    assert_int_equal(c->unknown, 1);
    assert_int_equal(s.factor[SPLIT_TRAIN][FACTOR_SPAM].unknown, 4);
    assert_int_equal(s.category[SPLIT_TEST][CATEGORY_VIOLENCE].zero, 1);
    assert_int_equal(s.category[SPLIT_TRAIN][CATEGORY_VIOLENCE].unknown, 4);
}

static void no_rows_are_no_sources(void **state)
{
    RowsStats s;
    rows_stats(*state, &(Rows){0}, &s);
    assert_int_equal(s.source_count, 0);
    assert_int_equal(s.factor[SPLIT_TRAIN][FACTOR_HATE].unknown, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(every_row_is_counted_once_where_it_belongs),
        T(no_rows_are_no_sources),
    };
    return cmocka_run_group_tests_name("data/rows_stats", tests, NULL, NULL);
}
