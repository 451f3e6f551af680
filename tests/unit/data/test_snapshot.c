#include "archive.h"

#include "base/fault.h"
#include "data/rows_diff.h"
#include "data/snapshot.h"

typedef struct World {
    Temp *temp;
    Arena *arena;
    Store *db; /* an empty archive */
} World;

static int with_archive(void **state)
{
    int r = with_temp(state);
    if (r != 0)
        return r;
    Temp *t = *state;
    World *w = arena_new(t->arena, World);
    *w = (World){t, t->arena, archive_open(t)};
    *state = w;
    return 0;
}

static int without_archive(void **state)
{
    World *w = *state;
    store_close(w->db);
    *state = w->temp;
    return without_temp(state);
}

static SnapshotOptions plain(void)
{
    return (SnapshotOptions){.seed = 1,
                             .calibrate_share = 0.2,
                             .test_share = 0.2,
                             .max_line_bytes = ARCHIVE_LINE_MAX,
                             .now_ms = 1000};
}

static SnapshotInfo create(World *w, const SnapshotOptions *o)
{
    SnapshotInfo s;
    Err err = {0};
    if (!snapshot_create(w->db, w->arena, o, NULL, &s, &err))
        fail_msg("%s", err.msg);
    return s;
}

static Rows load(World *w, const SnapshotInfo *s)
{
    Rows rows;
    Err err = {0};
    if (!snapshot_load(w->db, w->arena, s, &rows, &err))
        fail_msg("%s", err.msg);
    return rows;
}

static Err refusal(World *w, const SnapshotOptions *o)
{
    SnapshotInfo s;
    Err err = {0};
    assert_false(snapshot_create(w->db, w->arena, o, NULL, &s, &err));
    assert_true(err.msg[0]);
    return err;
}

static Digest digest_found(World *w, const char *ref)
{
    SnapshotInfo s;
    Err err = {0};
    if (!snapshot_find(w->db, w->arena, str_of(ref), &s, &err))
        fail_msg("%s", err.msg);
    return s.digest;
}

static const Row *row_of(const Rows *rows, const char *text)
{
    for (size_t i = 0; i < rows->count; i++)
        if (str_eq(rows->row[i].text, str_of(text)))
            return &rows->row[i];
    return NULL;
}

/* Source `name` knows `zero` and hate; `count` texts from `seed`. */
static const char *fill(World *w, const char *name, const char *zero, uint64_t seed, int count)
{
    Buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < count; i++)
        archive_line(&b, archive_text(w->arena, &seed), i % 3 == 0, "free", "");
    const char *dir = archive_folder(w->temp, name, buf_str(&b));
    buf_done(&b);
    const char *file = str_print(w->arena, "%s.yaml", name).ptr;
    const char *recipe = archive_recipe(w->temp, file, name, "1", zero);
    archive_ingest(w->db, recipe, dir);
    return str_print(w->arena, "%s:%s", recipe, dir).ptr;
}

static void fill_lines(World *w, const char *name, const char *weight, const char *zero,
                       Buf *lines)
{
    const char *dir = archive_folder(w->temp, name, buf_str(lines));
    const char *file = str_print(w->arena, "%s.yaml", name).ptr;
    archive_ingest(w->db, archive_recipe(w->temp, file, name, weight, zero), dir);
    buf_clear(lines);
}

/* A set to exclude, as "RECIPE:PATH". */
static const char *dev_set(World *w, Str lines)
{
    const char *recipe = archive_recipe(w->temp, "dev.yaml", "dev", "1", "hate");
    const char *dir = archive_folder(w->temp, "dev", lines);
    return str_print(w->arena, "%s:%s", recipe, dir).ptr;
}

static void fill_text(World *w, const char *name, const char *weight, const char *zero,
                      const char *text, int hate)
{
    Buf b;
    buf_init(&b, 1 << 16);
    archive_line(&b, text, hate, "free", "");
    fill_lines(w, name, weight, zero, &b);
    buf_done(&b);
}

static void what_went_in_comes_out_in_order_of_digest(void **state)
{
    World *w = *state;
    fill(w, "one", "hate, insult", 1, 60);
    SnapshotOptions o = plain();
    SnapshotInfo s = create(w, &o);
    Rows rows = load(w, &s);
    assert_int_equal(rows.count, 60);
    assert_int_equal(s.split_rows[0] + s.split_rows[1] + s.split_rows[2], 60);
    int hate = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const Row *r = &rows.row[i];
        assert_true(i == 0 || memcmp(r[-1].digest.byte, r->digest.byte, 32) < 0);
        assert_true(str_eq(r->source, STR("one")) && str_eq(r->language, STR("en")));
        assert_float_equal(r->labels.factor[FACTOR_INSULT], 0, 0);
        assert_false(label_known(r->labels.factor[FACTOR_SPAM]));
        hate += r->labels.factor[FACTOR_HATE] == 1;
    }
    assert_int_equal(hate, 20);
}

static void the_digest_does_not_depend_on_the_order_of_ingest(void **state)
{
    World *w = *state;
    SnapshotOptions o = plain();
    SnapshotInfo s[2];
    for (int k = 0; k < 2; k++) {
        World other = *w;
        Err err = {0};
        assert_true(store_open(temp_path(w->temp, k ? "x.db" : "y.db"), &other.db, &err));
        fill(&other, k ? "one" : "two", "hate", k ? 1 : 2, 40);
        fill(&other, k ? "two" : "one", "hate", k ? 2 : 1, 40);
        fill(&other, k ? "both" : "more", k ? "hate, insult" : "hate, threat", 1, 10);
        fill(&other, k ? "more" : "both", k ? "hate, threat" : "hate, insult", 1, 10);
        s[k] = create(&other, &o);
        store_close(other.db);
    }
    assert_int_equal(s[0].rows, 80);
    assert_true(digest_eq(&s[0].digest, &s[1].digest));
}

static void the_same_is_kept_once_and_its_name_moves(void **state)
{
    World *w = *state;
    fill(w, "one", "hate", 1, 30);
    SnapshotOptions o = plain();
    o.name = STR("first");
    SnapshotInfo x = create(w, &o);
    o.now_ms = 2000;
    o.name = STR("second");
    SnapshotInfo y = create(w, &o), *list;
    size_t n = 0;
    Err err = {0};
    assert_true(digest_eq(&x.digest, &y.digest));
    assert_int_equal(y.created_ms, 1000);
    assert_true(snapshot_list(w->db, w->arena, &list, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(archive_number(w->db, "SELECT count(*) FROM snapshot_row"), 30);
    o.seed = 2;
    SnapshotInfo z = create(w, &o);
    const Digest first = digest_found(w, "first"), second = digest_found(w, "second"),
                 latest = digest_found(w, "latest");
    assert_false(digest_eq(&x.digest, &z.digest));
    assert_true(digest_eq(&second, &z.digest));
    assert_true(digest_eq(&first, &x.digest));
    assert_true(digest_eq(&latest, &z.digest));
}

static void nothing_that_is_said_later_changes_it(void **state)
{
    World *w = *state;
    fill(w, "one", "hate", 1, 30);
    SnapshotOptions o = plain();
    SnapshotInfo s = create(w, &o);
    Rows before = load(w, &s), after;
    fill(w, "other", "insult, threat, spam", 1, 30);
    after = load(w, &s);
    RowsDiff d;
    rows_diff(w->arena, &before, &after, &d);
    assert_int_equal(d.total.same, 30);
    SnapshotInfo newer = create(w, &o);
    after = load(w, &newer);
    rows_diff(w->arena, &before, &after, &d);
    assert_int_equal(d.total.relabelled, 30);
}

static void what_an_excluded_set_has_or_nearly_has_is_left_out_and_counted(void **state)
{
    World *w = *state;
    uint64_t seed = 9;
    Buf train, dev;
    buf_init(&train, 1 << 16);
    buf_init(&dev, 1 << 16);
    const char *shared = archive_text(w->arena, &seed);
    const char *words = str_print(w->arena, "%s %s %s %s", archive_text(w->arena, &seed),
                                  archive_text(w->arena, &seed), archive_text(w->arena, &seed),
                                  archive_text(w->arena, &seed))
                            .ptr;
    archive_line(&train, archive_text(w->arena, &seed), 0, "free", "");
    archive_line(&train, shared, 0, "free", "");
    archive_line(&train, str_print(w->arena, "%s and more", words).ptr, 1, "free", "");
    archive_line(&dev, str_print(w->arena, "  %s", shared).ptr, 1, "free", "");
    archive_line(&dev, words, 1, "free", "");
    archive_line(&dev, "a text of its own", 1, "free", "");
    fill_lines(w, "train", "1", "hate", &train);
    const char *pair = dev_set(w, buf_str(&dev));
    SnapshotOptions o = plain();
    o.exclude = &pair;
    o.exclude_count = 1;
    SnapshotInfo s = create(w, &o);
    assert_int_equal(s.rows, 1);
    assert_int_equal(s.excluded, 2);
    assert_non_null(
        strstr(str_z(w->arena, s.report), "\"texts\":3,\"bad\":0,\"equal\":1,\"near\":1"));
    assert_null(row_of(&(Rows){load(w, &s).row, 1}, shared));
    buf_done(&train);
    buf_done(&dev);
}

static void an_excluded_set_that_cannot_be_read_is_an_error(void **state)
{
    World *w = *state;
    fill(w, "one", "hate", 1, 10);
    const char *empty = dev_set(w, STR(""));
    const char *const pairs[] = {"", "recipe.yaml", ":x", "x:", "none.yaml:none", empty};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        SnapshotOptions o = plain();
        o.exclude = &pairs[i];
        o.exclude_count = 1;
        assert_true(refusal(w, &o).code != ERR_NONE);
    }
    assert_int_equal(archive_number(w->db, "SELECT count(*) FROM snapshot"), 0);
}

static void opinions_of_several_sources_become_one_row(void **state)
{
    World *w = *state;
    fill_text(w, "heavy", "0.75", "hate", "it is disputed", 1);
    fill_text(w, "light", "0.25", "hate, insult", "it is disputed", 0);
    SnapshotOptions o = plain();
    SnapshotInfo s = create(w, &o);
    Rows rows = load(w, &s);
    assert_int_equal(rows.count, 1);
    assert_true(str_eq(rows.row[0].source, STR("heavy")));
    assert_float_equal(rows.row[0].weight, 0.75, 0);
    assert_float_equal(rows.row[0].labels.factor[FACTOR_HATE], 0.75, 0);
    assert_float_equal(rows.row[0].labels.factor[FACTOR_INSULT], 0, 0);
    assert_non_null(strstr(str_z(w->arena, s.report), "\"conflicts\":1"));
    const char *light = "light";
    o.source = &light;
    o.source_count = 1;
    s = create(w, &o);
    rows = load(w, &s);
    assert_float_equal(rows.row[0].labels.factor[FACTOR_HATE], 0, 0);
}

static void only_the_edition_in_force_speaks(void **state)
{
    World *w = *state;
    fill(w, "one", "hate, insult", 1, 10);
    fill(w, "one", "hate", 1, 8);
    SnapshotOptions o = plain();
    SnapshotInfo s = create(w, &o);
    Rows rows = load(w, &s);
    assert_int_equal(rows.count, 8);
    for (size_t i = 0; i < rows.count; i++)
        assert_false(label_known(rows.row[i].labels.factor[FACTOR_INSULT]));
}

static void groups_and_near_duplicates_never_sit_on_two_sides(void **state)
{
    World *w = *state;
    uint64_t seed = 77;
    Buf b;
    buf_init(&b, 1 << 20);
    char group[16] = "";
    const char *text = "";
    for (int i = 0; i < 300; i++) {
        if (i % 5 == 0)
            snprintf(group, sizeof group, "g%d", i);
        if (i % 3 == 0)
            text = str_print(w->arena, "%s %s %s", archive_text(w->arena, &seed),
                             archive_text(w->arena, &seed), archive_text(w->arena, &seed))
                       .ptr;
        archive_line(&b, str_print(w->arena, "%s %d", text, i).ptr, 0,
                     i % 50 == 7   ? "test"
                     : i % 50 == 9 ? "train"
                                   : "free",
                     i % 4 ? group : "");
    }
    fill_lines(w, "one", "1", "hate", &b);
    buf_done(&b);
    SnapshotOptions o = plain();
    o.calibrate_share = o.test_share = 0.33;
    SnapshotInfo s = create(w, &o);
    Rows rows = load(w, &s);
    int together = 0;
    for (size_t i = 0; i < rows.count; i++)
        for (size_t k = 0; k < i; k++) {
            const Row *x = &rows.row[i], *y = &rows.row[k];
            bool one = x->cluster == y->cluster || (x->group.len && str_eq(x->group, y->group));
            assert_true(!one || x->split == y->split);
            together += one;
        }
    assert_true(together > 300);
    for (int k = 0; k < SPLIT_COUNT; k++)
        assert_true(s.split_rows[k] > 10);
}

static void a_fixed_test_row_wins_over_its_likeness_in_train(void **state)
{
    World *w = *state;
    Buf b;
    buf_init(&b, 1 << 16);
    archive_line(&b, "one two three four five six seven eight nine ten", 0, "test", "");
    fill_lines(w, "bench", "1", "hate", &b);
    archive_line(&b, "One two three four five six seven eight nine ten!", 0, "train", "");
    archive_line(&b, "something else is here for training", 0, "train", "");
    fill_lines(w, "mine", "1", "hate", &b);
    buf_done(&b);
    SnapshotOptions o = plain();
    SnapshotInfo s = create(w, &o);
    Rows rows = load(w, &s);
    assert_int_equal(rows.count, 2);
    assert_int_equal(row_of(&rows, "one two three four five six seven eight nine ten")->split,
                     SPLIT_TEST);
    assert_int_equal(row_of(&rows, "something else is here for training")->split, SPLIT_TRAIN);
    assert_non_null(strstr(str_z(w->arena, s.report), "\"dropped_by_split\":1"));
}

static void a_reference_is_a_name_or_enough_of_a_digest(void **state)
{
    World *w = *state;
    fill(w, "one", "hate", 1, 10);
    SnapshotOptions o = plain();
    o.name = STR("first");
    SnapshotInfo s = create(w, &o), found;
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&s.digest, hex);
    Err err = {0};
    assert_true(snapshot_find(w->db, w->arena, str_of(hex), &found, &err));
    assert_true(snapshot_find(w->db, w->arena, (Str){hex, 6}, &found, &err));
    assert_true(str_eq(found.name, STR("first")));
    static const char *const none[] = {"", "firs", "000000", "FIRST", "latest ", "%"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        err = (Err){0};
        assert_false(snapshot_find(w->db, w->arena, str_of(none[i]), &found, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
    }
    assert_false(snapshot_find(w->db, w->arena, (Str){hex, 5}, &found, &err));
}

static void bad_wishes_are_refused(void **state)
{
    World *w = *state;
    SnapshotOptions o = plain();
    assert_int_equal(refusal(w, &o).code, ERR_INPUT); /* an empty archive */
    fill(w, "one", "hate", 1, 10);
    static const char *const names[] = {"latest", "abcdef", "0123456789", "two words", "a/b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        o = plain();
        o.name = str_of(names[i]);
        assert_int_equal(refusal(w, &o).code, ERR_USAGE);
    }
    static const double shares[][2] = {
        {-0.1, 0.1},
        {0.6,  0.5},
        {NAN,  0  },
    };
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        o = plain();
        o.calibrate_share = shares[i][0];
        o.test_share = shares[i][1];
        assert_int_equal(refusal(w, &o).code, ERR_USAGE);
    }
}

#ifdef FAULTS
static void a_snapshot_is_there_whole_or_not_at_all(void **state)
{
    World *w = *state;
    fill(w, "one", "hate", 1, 10);
    SnapshotOptions o = plain();
    o.name = STR("first");
    FAULT_SWEEP(n)
    {
        SnapshotInfo s;
        Err err = {0};
        bool ok = snapshot_create(w->db, w->arena, &o, NULL, &s, &err);
        bool hit = fault_hit();
        fault_arm(0, 0);
        assert_true(ok != hit);
        int64_t rows = archive_number(w->db, "SELECT count(*) FROM snapshot_row");
        int64_t named = archive_number(w->db, "SELECT count(*) FROM snapshot_name");
        int64_t snapshots = archive_number(w->db, "SELECT count(*) FROM snapshot");
        assert_int_equal(rows, 10 * snapshots);
        assert_int_equal(named, snapshots);
        if (ok)
            break;
    }
    assert_int_equal(archive_number(w->db, "SELECT count(*) FROM snapshot"), 1);
}
#endif

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_archive, without_archive)
    const struct CMUnitTest tests[] = {
        T(what_went_in_comes_out_in_order_of_digest),
        T(the_digest_does_not_depend_on_the_order_of_ingest),
        T(the_same_is_kept_once_and_its_name_moves),
        T(nothing_that_is_said_later_changes_it),
        T(what_an_excluded_set_has_or_nearly_has_is_left_out_and_counted),
        T(an_excluded_set_that_cannot_be_read_is_an_error),
        T(opinions_of_several_sources_become_one_row),
        T(only_the_edition_in_force_speaks),
        T(groups_and_near_duplicates_never_sit_on_two_sides),
        T(a_fixed_test_row_wins_over_its_likeness_in_train),
        T(a_reference_is_a_name_or_enough_of_a_digest),
        T(bad_wishes_are_refused),
#ifdef FAULTS
        T(a_snapshot_is_there_whole_or_not_at_all),
#endif
    };
    return cmocka_run_group_tests_name("data/snapshot", tests, NULL, NULL);
}
