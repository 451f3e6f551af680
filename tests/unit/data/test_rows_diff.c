#include "data/rows_diff.h"
#include "test.h"

/* Row number n: its digest ascends with n. */
static Row row(int n, const char *source, Split split, float hate)
{
    Row r = {.source = str_of(source), .split = split, .weight = 1};
    r.digest.byte[0] = (uint8_t)n;
    labels_unknown(&r.labels);
    r.labels.factor[FACTOR_HATE] = hate;
    return r;
}

static void each_row_is_added_removed_changed_or_the_same(void **state)
{
    Row from[] = {
        row(1, "pear", SPLIT_TRAIN, 1), row(3, "pear", SPLIT_TRAIN, 1),
        row(5, "pear", SPLIT_TRAIN, 1), row(7, "apple", SPLIT_TEST, NAN),
        row(8, "plum", SPLIT_TRAIN, 0), row(9, "plum", SPLIT_TRAIN, 0),
    };
    Row to[] = {
        row(2, "pear", SPLIT_TRAIN, 1), row(3, "pear", SPLIT_TRAIN, 0),
        row(5, "pear", SPLIT_TEST, 0),  row(7, "apple", SPLIT_TEST, NAN),
        row(8, "pear", SPLIT_TRAIN, 0), row(9, "plum", SPLIT_TRAIN, NAN),
    };
    RowsDiff d;
    rows_diff(*state, &(Rows){from, 6}, &(Rows){to, 6}, &d);
    assert_int_equal(d.count, 3);
    assert_true(str_eq(d.source[0].source, STR("apple")));
    assert_int_equal(d.source[0].same, 1);
    const SourceDiff *pear = &d.source[1];
    assert_int_equal(pear->added, 1);
    assert_int_equal(pear->removed, 1);
    assert_int_equal(pear->relabelled, 2); /* 3 and 5 */
    assert_int_equal(pear->moved, 2);      /* 5 to another side, 8 from another source */
    assert_int_equal(pear->same, 0);
    assert_int_equal(d.source[2].relabelled, 1); /* known before, unknown now */
    assert_int_equal(d.total.relabelled, 3);
    assert_int_equal(d.total.same, 1);
}

static void another_weight_is_another_label(void **state)
{
    Row from = row(1, "pear", SPLIT_TRAIN, 1), to = from;
    to.weight = 0.5f;
    RowsDiff d;
    rows_diff(*state, &(Rows){&from, 1}, &(Rows){&to, 1}, &d);
    assert_int_equal(d.total.relabelled, 1);
}

static void to_and_from_nothing_all_is_added_or_removed(void **state)
{
    Row some[] = {row(1, "pear", SPLIT_TRAIN, 1), row(2, "plum", SPLIT_TRAIN, 1)};
    Rows rows = {some, 2}, none = {0};
    RowsDiff d;
    rows_diff(*state, &none, &rows, &d);
    assert_int_equal(d.total.added, 2);
    rows_diff(*state, &rows, &none, &d);
    assert_int_equal(d.total.removed, 2);
    rows_diff(*state, &none, &none, &d);
    assert_int_equal(d.count, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(each_row_is_added_removed_changed_or_the_same),
        T(another_weight_is_another_label),
        T(to_and_from_nothing_all_is_added_or_removed),
    };
    return cmocka_run_group_tests_name("data/rows_diff", tests, NULL, NULL);
}
