/* The whole room through its interface, as another program sees it. */
#include "temp.h"

#include "../model/fixture.h"
#include "gavel.h"
#include "moderate/moderate.h"

#include <math.h>
#include <pthread.h>
#include <sys/resource.h>

#define DISGUISED "f.r.i.e.n.d"

typedef struct World {
    Temp *temp;
    const char *path;
    GavelRelease *release;
    GavelVerdicts *verdicts;
} World;

static int with_world(void **state)
{
    void *temp;
    Digest d;
    Err err = {0};
    if (with_temp(&temp) != 0)
        return -1;
    World *w = arena_new(((Temp *)temp)->arena, World);
    w->temp = temp;
    w->path = temp_path(temp, "fixture.gavel");
    if (!fixture_release(w->path, 1, &d, &err) ||
        gavel_release_open(w->path, NULL, &w->release, NULL) != GAVEL_OK ||
        gavel_verdicts_open(&w->verdicts, NULL) != GAVEL_OK)
        return -1;
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    void *temp = w->temp;
    gavel_verdicts_close(w->verdicts);
    gavel_release_close(w->release);
    return without_temp(&temp);
}

static GavelStatus judge(World *w, const char *text, GavelError *error)
{
    return gavel_judge(w->release, text, strlen(text), w->verdicts, error);
}

static void the_answers_are_those_of_moderate_to_the_last_digit(void **state)
{
    World *w = *state;
    static const char *const texts[] = {"",
                                        "hello there",
                                        FIXTURE_HATE,
                                        DISGUISED,
                                        "das ist nicht mein Fehler",
                                        "the " FIXTURE_VIOLENCE " and so on"};
    const Kernels *k;
    Release *r;
    Err err = {0};
    Arena *a = arena_open((size_t)1 << 30);
    Limits limits = {.max_text_bytes = 2 << 20, .max_pieces = 4096};
    assert_true(kernels_find(STR("auto"), &k, &err) && release_open(w->path, k, &r, &err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Verdict v;
        Str text = str_of(texts[i]);
        assert_true(moderate(r, &limits, a, &(Input){.text = &text, .count = 1}, &v, &err));
        assert_int_equal(judge(w, texts[i], NULL), GAVEL_OK);
        assert_int_equal(gavel_verdict_count(w->verdicts), 1);
        assert_int_equal(gavel_verdict_flagged(w->verdicts, 0), v.flagged);
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            double score = gavel_verdict_score(w->verdicts, 0, c);
            assert_memory_equal(&score, &v.score[c], sizeof score);
            assert_int_equal(gavel_verdict_holds(w->verdicts, 0, c), v.category[c]);
        }
        for (int f = 0; f < FACTOR_COUNT; f++)
            assert_true(gavel_verdict_factor(w->verdicts, 0, f) == (double)v.factor[f]);
        assert_string_equal(gavel_verdict_action(w->verdicts, 0), action_name(v.action).ptr);
        assert_string_equal(gavel_verdict_language(w->verdicts, 0), language_code(v.language));
        assert_int_equal(gavel_verdict_is(w->verdicts, 0, GAVEL_DISGUISED), v.disguised);
        assert_int_equal(gavel_verdict_is(w->verdicts, 0, GAVEL_ENCODER_RAN), v.encoder_ran);
        assert_int_equal(gavel_verdict_is(w->verdicts, 0, GAVEL_CAPPED), v.capped);
        assert_int_equal(gavel_verdict_is(w->verdicts, 0, GAVEL_LANGUAGE_KNOWN),
                         v.language_known);
    }
    release_close(r);
    arena_close(a);
}

static void a_bad_text_in_a_batch_does_not_stop_the_others(void **state)
{
    World *w = *state;
    GavelError error = {0};
    static const GavelText texts[] = {
        {"hello",      5},
        {"ab\xff",     3},
        {NULL,         4},
        {NULL,         0},
        {FIXTURE_HATE, 6},
    };
    assert_int_equal(gavel_judge_batch(w->release, texts, 5, w->verdicts, &error), GAVEL_INPUT);
    assert_string_equal(error.message, "text 1: the text is not UTF-8 at byte 2");
    assert_int_equal(error.status, GAVEL_INPUT);
    assert_int_equal(gavel_verdict_count(w->verdicts), 5);
    static const GavelStatus status[] = {GAVEL_OK, GAVEL_INPUT, GAVEL_USAGE, GAVEL_OK,
                                         GAVEL_OK};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(gavel_verdict_status(w->verdicts, i), status[i]);
    assert_string_equal(gavel_verdict_message(w->verdicts, 1),
                        "the text is not UTF-8 at byte 2");
    assert_string_equal(gavel_verdict_message(w->verdicts, 0), "");
    assert_true(isnan(gavel_verdict_score(w->verdicts, 1, GAVEL_HATE)));
    assert_string_equal(gavel_verdict_action(w->verdicts, 1), "");
    assert_int_equal(gavel_verdict_flagged(w->verdicts, 1), 0);
    assert_int_equal(gavel_verdict_flagged(w->verdicts, 4), 1);
    assert_int_equal(gavel_verdict_holds(w->verdicts, 4, GAVEL_HATE), 1);
    assert_int_equal(gavel_judge_batch(w->release, NULL, 0, w->verdicts, NULL), GAVEL_OK);
    assert_int_equal(gavel_verdict_count(w->verdicts), 0);
}

static void every_size_has_its_limit_and_the_call_says_so(void **state)
{
    World *w = *state;
    GavelOptions o = GAVEL_OPTIONS_DEFAULT;
    GavelRelease *r;
    GavelError error = {0};
    static GavelText texts[3];
    static char long_text[2000];
    memset(long_text, 'a', sizeof long_text);
    o.max_text_bytes = 1024;
    o.max_texts = 2;
    assert_int_equal(gavel_release_open(w->path, &o, &r, NULL), GAVEL_OK);
    assert_int_equal(gavel_judge(r, long_text, 1024, w->verdicts, NULL), GAVEL_OK);
    assert_int_equal(gavel_judge(r, long_text, 1025, w->verdicts, &error), GAVEL_LIMIT);
    assert_string_equal(error.message, "the text has 1025 bytes; at most 1024 are taken");
    assert_int_equal(gavel_judge_batch(r, texts, 2, w->verdicts, NULL), GAVEL_OK);
    assert_int_equal(gavel_judge_batch(r, texts, 3, w->verdicts, &error), GAVEL_LIMIT);
    assert_int_equal(gavel_verdict_count(w->verdicts), 0);
    gavel_release_close(r);
    o.max_text_bytes = 65 << 20;
    r = NULL;
    assert_int_equal(gavel_release_open(w->path, &o, &r, &error), GAVEL_USAGE);
    assert_null(r);
}

static void
an_older_program_s_smaller_structs_are_read_and_filled_as_far_as_they_go(void **state)
{
    World *w = *state;
    GavelOptions o = {.size = offsetof(GavelOptions, kernels), .kernels = "nonsense"};
    GavelRelease *r;
    GavelSpan span = {.size = offsetof(GavelSpan, name), .name = "kept"};
    assert_int_equal(gavel_release_open(w->path, &o, &r, NULL), GAVEL_OK);
    gavel_release_close(r);
    o.size = sizeof o;
    assert_int_equal(gavel_release_open(w->path, &o, &r, NULL), GAVEL_USAGE);
    o.size = 0;
    assert_int_equal(gavel_release_open(w->path, &o, &r, NULL), GAVEL_USAGE);
    assert_int_equal(judge(w, DISGUISED, NULL), GAVEL_OK);
    assert_int_equal(gavel_verdict_span(w->verdicts, 0, 0, &span), 1);
    assert_int_equal(span.to, strlen(DISGUISED));
    assert_string_equal(span.name, "kept");
    span.size = 0;
    assert_int_equal(gavel_verdict_span(w->verdicts, 0, 0, &span), 0);
}

static void a_disguise_is_shown_where_it_stands(void **state)
{
    World *w = *state;
    GavelSpan span = {.size = sizeof span};
    assert_int_equal(judge(w, "say " DISGUISED, NULL), GAVEL_OK);
    assert_int_equal(gavel_verdict_is(w->verdicts, 0, GAVEL_DISGUISED), 1);
    assert_true(gavel_verdict_span_count(w->verdicts, 0) >= 1);
    assert_int_equal(gavel_verdict_span(w->verdicts, 0, 0, &span), 1);
    assert_int_equal(span.kind, GAVEL_SPAN_DISGUISE);
    assert_int_equal(span.category, -1);
    assert_int_equal(span.from, 4);
    assert_string_equal(span.name, "spacing");
    assert_string_equal(span.read_as, "friend");
    assert_int_equal(gavel_verdict_span(w->verdicts, 0, 1000, &span), 0);
    assert_int_equal(judge(w, "plain words", NULL), GAVEL_OK);
    assert_int_equal(gavel_verdict_span_count(w->verdicts, 0), 0);
}

static void what_is_not_there_is_nothing_and_no_crash(void **state)
{
    World *w = *state;
    GavelRelease *r = NULL;
    GavelError error = {0};
    gavel_release_close(NULL);
    gavel_verdicts_close(NULL);
    assert_int_equal(gavel_verdicts_open(NULL, &error), GAVEL_USAGE);
    assert_int_equal(gavel_release_open(NULL, NULL, &r, NULL), GAVEL_USAGE);
    assert_int_equal(gavel_release_open(w->path, NULL, NULL, NULL), GAVEL_USAGE);
    assert_int_equal(gavel_judge(NULL, "a", 1, w->verdicts, &error), GAVEL_USAGE);
    assert_int_equal(gavel_judge(w->release, "a", 1, NULL, &error), GAVEL_USAGE);
    assert_int_equal(judge(w, "hello", NULL), GAVEL_OK);
    for (int i = -1; i <= 40; i += 41) {
        assert_null(gavel_category_name(i));
        assert_null(gavel_factor_name(i));
        assert_null(gavel_factor_meaning(i));
        assert_true(isnan(gavel_verdict_score(w->verdicts, 0, i)));
        assert_true(isnan(gavel_verdict_factor(w->verdicts, 0, i)));
        assert_true(isnan(gavel_release_threshold(w->release, i)));
        assert_int_equal(gavel_verdict_holds(w->verdicts, 0, i), 0);
        assert_int_equal(gavel_verdict_is(w->verdicts, 0, i), 0);
        assert_string_equal(gavel_status_name(i), "unknown");
    }
    assert_int_equal(gavel_verdict_status(w->verdicts, 1), GAVEL_USAGE);
    assert_true(isnan(gavel_verdict_score(w->verdicts, 1, 0)));
    assert_int_equal(gavel_verdict_count(NULL), 0);
    assert_int_equal(gavel_category_find("hatred"), -1);
    assert_int_equal(gavel_category_find(NULL), -1);
    assert_int_equal(gavel_factor_find(""), -1);
}

static void names_and_numbers_go_both_ways(void **state)
{
    World *w = *state;
    assert_int_equal(gavel_interface(), GAVEL_INTERFACE);
    assert_int_equal(gavel_category_count(), 13);
    for (int c = 0; c < gavel_category_count(); c++)
        assert_int_equal(gavel_category_find(gavel_category_name(c)), c);
    for (int f = 0; f < gavel_factor_count(); f++) {
        assert_int_equal(gavel_factor_find(gavel_factor_name(f)), f);
        assert_true(strlen(gavel_factor_meaning(f)) > 10);
    }
    assert_string_equal(gavel_category_name(GAVEL_VIOLENCE_GRAPHIC), "violence/graphic");
    assert_string_equal(gavel_status_name(GAVEL_MEMORY), "no_memory");
    assert_int_equal(strlen(gavel_release_digest(w->release)), 64);
    assert_true(strlen(gavel_release_name(w->release)) > 0);
    assert_true(strchr(gavel_release_policy(w->release), ' ') != NULL);
    assert_true(gavel_release_threshold(w->release, GAVEL_SEXUAL_MINORS) == 0.5);
}

static void a_release_opens_from_memory_and_a_broken_one_is_refused(void **state)
{
    World *w = *state;
    Arena *a = arena_open(64 << 20);
    Str bytes;
    Err err = {0};
    GavelError error = {0};
    GavelRelease *r = NULL;
    assert_true(file_load(a, w->path, 32 << 20, &bytes, &err));
    assert_int_equal(gavel_release_open_bytes(bytes.ptr, bytes.len, NULL, &r, NULL), GAVEL_OK);
    assert_int_equal(gavel_judge(r, FIXTURE_HATE, 6, w->verdicts, NULL), GAVEL_OK);
    assert_int_equal(gavel_verdict_flagged(w->verdicts, 0), 1);
    gavel_release_close(r);
    r = NULL;
    assert_int_equal(gavel_release_open_bytes(bytes.ptr + 4, bytes.len - 4, NULL, &r, &error),
                     GAVEL_USAGE);
    assert_int_equal(gavel_release_open_bytes(bytes.ptr, bytes.len - 64, NULL, &r, &error),
                     GAVEL_CORRUPT);
    assert_string_equal(gavel_status_name(error.status), "corrupt");
    assert_int_equal(gavel_release_open("/nowhere/x.gavel", NULL, &r, &error), GAVEL_NOT_FOUND);
    assert_int_equal(gavel_release_open(w->temp->dir, NULL, &r, &error), GAVEL_IO);
    assert_null(r);
    arena_close(a);
}

/* ---- threads ------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 8 };

typedef struct Racer {
    World *world;
    const GavelText *text;
    double score[2];
    bool same;
} Racer;

static void *race(void *ctx)
{
    Racer *racer = ctx;
    GavelVerdicts *v;
    racer->same = gavel_verdicts_open(&v, NULL) == GAVEL_OK;
    for (int i = 0; racer->same && i < ROUNDS; i++) {
        racer->same =
            gavel_judge_batch(racer->world->release, racer->text, 2, v, NULL) == GAVEL_OK &&
            gavel_verdict_score(v, 0, GAVEL_HATE) == racer->score[0] &&
            gavel_verdict_score(v, 1, GAVEL_HATE) == racer->score[1];
    }
    gavel_verdicts_close(v);
    return NULL;
}

static void threads_share_a_release_and_a_small_stack_is_enough(void **state)
{
    World *w = *state;
    static const GavelText text[2] = {
        {"some words that say nothing", 27},
        {DISGUISED,                     11}
    };
    Racer racer[THREADS];
    pthread_t thread[THREADS];
    pthread_attr_t attr;
    assert_int_equal(gavel_judge_batch(w->release, text, 2, w->verdicts, NULL), GAVEL_OK);
    pthread_attr_init(&attr);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    pthread_attr_setstacksize(&attr, 128 << 10); /* as docs/EMBEDDING.md says */
#endif
    for (int t = 0; t < THREADS; t++) {
        racer[t] = (Racer){
            .world = w,
            .text = text,
            .score = {gavel_verdict_score(w->verdicts, 0, GAVEL_HATE),
                      gavel_verdict_score(w->verdicts, 1, GAVEL_HATE)}
        };
        assert_int_equal(pthread_create(&thread[t], &attr, race, &racer[t]), 0);
    }
    pthread_attr_destroy(&attr);
    for (int t = 0; t < THREADS; t++) {
        pthread_join(thread[t], NULL);
        assert_true(racer[t].same);
    }
}

/* ---- the worst ----------------------------------------------------------------------- */

static void the_worst_of_long_texts_is_judged_within_the_scratch_it_gets(void **state)
{
    World *w = *state;
    static const char *const unit[] = {
        "a",        /* one letter */
        "\u0301",   /* combining marks alone */
        "\uFDFA",   /* one character, eighteen after NFKC */
        "e\u0301 ", /* spaced letters */
        "aGVsbG8g", /* base64 */
        "%61%62 ",  /* percent */
        "ab cd ",   /* many n-grams */
        "\xf0\x9f\x98\x80",
    };
    enum { BYTES = 256 << 10 };
    GavelOptions o = GAVEL_OPTIONS_DEFAULT;
    GavelRelease *r;
    Arena *a = arena_open(1 << 20);
    char *text = arena_array(a, char, BYTES);
    o.max_text_bytes = BYTES;
    assert_int_equal(gavel_release_open(w->path, &o, &r, NULL), GAVEL_OK);
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++) {
        size_t n = strlen(unit[i]), len = 0;
        for (; len + n <= BYTES; len += n)
            memcpy(text + len, unit[i], n);
        assert_int_equal(gavel_judge(r, text, len, w->verdicts, NULL), GAVEL_OK);
    }
    gavel_release_close(r);
    arena_close(a);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static void without_address_space_every_call_says_so(void **state)
{
    World *w = *state;
    struct rlimit was, none = {64 << 20, RLIM_INFINITY};
    GavelRelease *r = NULL;
    GavelError error = {0};
    getrlimit(RLIMIT_AS, &was);
    none.rlim_max = was.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    GavelStatus open = gavel_release_open(w->path, NULL, &r, &error);
    GavelStatus judged = judge(w, "hello", &error);
    setrlimit(RLIMIT_AS, &was);
    assert_int_equal(open, GAVEL_MEMORY);
    assert_int_equal(judged, GAVEL_MEMORY);
    assert_string_equal(error.message, "no memory to judge in");
    assert_int_equal(gavel_verdict_count(w->verdicts), 0);
    assert_int_equal(judge(w, "hello", &error), GAVEL_OK);
}
#endif

#ifdef FAULTS
#include "base/fault.h"

static void opening_and_judging_survive_each_failing_operation(void **state)
{
    World *w = *state;
    FAULT_SWEEP(n)
    {
        GavelRelease *r = NULL;
        GavelVerdicts *v = NULL;
        GavelError error = {0};
        bool ok = gavel_release_open(w->path, NULL, &r, &error) == GAVEL_OK &&
                  gavel_verdicts_open(&v, &error) == GAVEL_OK &&
                  gavel_judge(r, DISGUISED, strlen(DISGUISED), v, &error) == GAVEL_OK;
        bool hit = fault_hit();
        fault_arm(0, 0);
        gavel_verdicts_close(v);
        gavel_release_close(r);
        assert_true(ok || hit); /* a failing close of what was only read harms nobody */
        assert_true(ok || (error.status != GAVEL_OK && error.message[0]));
        if (!hit)
            break;
    }
}
#endif

#define IN_WORLD(x) cmocka_unit_test_setup_teardown(x, with_world, without_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(the_answers_are_those_of_moderate_to_the_last_digit),
        IN_WORLD(a_bad_text_in_a_batch_does_not_stop_the_others),
        IN_WORLD(every_size_has_its_limit_and_the_call_says_so),
        IN_WORLD(an_older_program_s_smaller_structs_are_read_and_filled_as_far_as_they_go),
        IN_WORLD(a_disguise_is_shown_where_it_stands),
        IN_WORLD(what_is_not_there_is_nothing_and_no_crash),
        IN_WORLD(names_and_numbers_go_both_ways),
        IN_WORLD(a_release_opens_from_memory_and_a_broken_one_is_refused),
        IN_WORLD(threads_share_a_release_and_a_small_stack_is_enough),
        IN_WORLD(the_worst_of_long_texts_is_judged_within_the_scratch_it_gets),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        IN_WORLD(without_address_space_every_call_says_so),
#endif
#ifdef FAULTS
        IN_WORLD(opening_and_judging_survive_each_failing_operation),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
