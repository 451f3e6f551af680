#include "archive.h"

#include "data/datasheet.h"

static const char *page(Temp *t, const Datasheet *d)
{
    Buf b;
    Err err = {0};
    buf_init(&b, 1 << 20);
    if (!datasheet_print(d, t->arena, &b, &err) || !buf_ok(&b, &err))
        fail_msg("%s", err.msg);
    const char *out = str_z(t->arena, buf_str(&b));
    buf_done(&b);
    return out;
}

static void a_snapshots_sheet_counts_what_is_in_it(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    Err err = {0};
    uint64_t seed = 3;
    Buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 30; i++)
        archive_line(&b, archive_text(t->arena, &seed), i % 3 == 0, "train", "");
    const char *dir = archive_folder(t, "one", buf_str(&b));
    buf_done(&b);
    archive_ingest(db, archive_recipe(t, "one.yaml", "one", "1", "spam"), dir);
    SnapshotInfo s;
    SnapshotOptions o = {.seed = 1, .max_line_bytes = ARCHIVE_LINE_MAX, .now_ms = 1000};
    if (!snapshot_create(db, t->arena, &o, NULL, &s, &err))
        fail_msg("%s", err.msg);
    Datasheet d;
    if (!datasheet_load(db, t->arena, STR("latest"), &d, &err))
        fail_msg("%s", err.msg);
    const char *text = page(t, &d);
    static const char *const wanted[] = {
        "| texts | 30 |",
        "| train, calibrate, test | 30, 0, 0 |",
        "| one | 30 | 0 | 0 | one | CC0-1.0 |",
        "| import | 30 |",
        "| spam | train | 30 | 0 | 0 | 0 |",
        "| hate | train | 0 | 10 | 0 | 20 |",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(text, wanted[i]))
            fail_msg("wanted %s in\n%s", wanted[i], text);
    assert_false(datasheet_load(db, t->arena, STR("none"), &d, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    store_close(db);
}

static void names_cannot_break_a_table(void **state)
{
    Temp *t = *state;
    Row row = {.source = STR("a | b\n<script>`x`"), .text = STR("x"), .split = SPLIT_TRAIN};
    labels_unknown(&row.labels);
    SourceLicence licence = {row.source, STR("r"), STR("C_C|")};
    Datasheet d = {
        .info = {.rows = 1, .report = STR("{}")},
        .rows = {&row,      1                  },
        .licence = &licence,
        .licences = 1
    };
    const char *text = page(t, &d);
    assert_non_null(strstr(text, "| a \\| b \\<script\\>\\`x\\` | 1 | 0 | 0 | r | C\\_C\\| |"));
    assert_null(strstr(text, "Left out"));
    Buf b;
    Err err = {0};
    d.info.report = STR("{\"exclude\":[{\"set\":1}]}");
    buf_init(&b, 1 << 20);
    assert_false(datasheet_print(&d, t->arena, &b, &err));
    buf_done(&b);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)
    const struct CMUnitTest tests[] = {
        T(a_snapshots_sheet_counts_what_is_in_it),
        T(names_cannot_break_a_table),
    };
    return cmocka_run_group_tests_name("data/datasheet", tests, NULL, NULL);
}
