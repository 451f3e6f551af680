#include "letters.h"
#include "test.h"

#include "model/adversary.h"
#include "nn/encoder.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 12, WIDTH = ENCODER_WIDTH };

/* Twelve texts of three domains in turn, of one window and of two in turn. */
typedef struct World {
    Arena *arena;
    Rows rows;
    Plan plan;
    Draw *draw;
    Adversary adversary;
    DrawPart part;
    AdversaryPass pass;
    float *params, *pooled; /* what the pass reads, to be moved */
    size_t param_count;
} World;

static const char *const sources[] = {"tweets-1", "read-books", "forum",
                                      "tweets-2", "books-a-b",  "read-forum-x"};

static float noise(uint64_t *seed)
{
    return (float)((double)(random_u64(seed) % 2001) / 1000 - 1);
}

static Draw *drawn(Arena *a, const Rows *rows, const Plan *plan)
{
    Draw *d = NULL;
    Err err = {0};
    if (!draw_open(a, rows, plan, letters(a), &d, &err))
        fail_msg("%s", err.msg);
    return d;
}

static void write_rows(Arena *a, Rows *rows, size_t count)
{
    *rows = (Rows){arena_array(a, Row, count), count};
    for (size_t i = 0; i < count; i++) {
        Row *r = &rows->row[i];
        *r = (Row){.text = STR("abc"), .weight = 1, .split = SPLIT_TRAIN};
        r->source = str_of(sources[i % (sizeof sources / sizeof *sources)]);
        labels_unknown(&r->labels);
        r->labels.factor[FACTOR_HATE] = 1;
    }
}

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)256 << 20);
    World *w = arena_new(a, World);
    Err err = {0};
    w->arena = a;
    write_rows(a, &w->rows, ROWS);
    plan_defaults(&w->plan);
    w->plan.adversary = 1;
    w->draw = drawn(a, &w->rows, &w->plan);
    assert_true(adversary_init(a, &w->rows, &w->plan, w->draw, &w->adversary, &err));
    w->part.text = arena_array(a, DrawText, ROWS);
    w->part.count = ROWS;
    for (int i = 0, first = 0; i < ROWS; first += w->part.text[i++].count)
        w->part.text[i] =
            (DrawText){.row = (uint32_t)i, .weight = 1, .first = first, .count = 1 + i % 2};
    w->param_count = adversary_param_count(&w->adversary);
    w->params = arena_array(a, float, w->param_count);
    w->pooled = arena_array(a, float, (size_t)ROWS * 2 * WIDTH);
    uint64_t seed = 11;
    for (size_t i = 0; i < w->param_count; i++)
        w->params[i] = 0.1f * noise(&seed);
    for (size_t i = 0; i < (size_t)ROWS * 2 * WIDTH; i++)
        w->pooled[i] = noise(&seed);
    w->pass = (AdversaryPass){.params = w->params,
                              .pooled = w->pooled,
                              .scale = 1,
                              .strength = 1,
                              .grads = arena_array(a, float, w->param_count),
                              .dpooled = arena_array(a, float, (size_t)ROWS * 2 * WIDTH)};
    assert_true(kernels_find(STR("reference"), &w->pass.kernels, &err));
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    arena_close(w->arena);
    return 0;
}

static AdversarySum pass(World *w)
{
    return adversary_pass(&w->adversary, w->arena, &w->part, &w->pass);
}

static void a_domain_is_the_name_before_the_first_dash(void **state)
{
    (void)state;
    static const struct {
        const char *source, *domain;
    } rows[] = {
        {"edos",               "edos"    },
        {"davidson-0",         "davidson"},
        {"corpus-long-benign", "corpus"  },
        {"read-davidson-2",    "davidson"},
        {"read-edos",          "edos"    },
        {"reading-list",       "reading" },
        {"read",               "read"    },
        {"read-read-x",        "read"    },
        {"-",                  ""        },
        {"",                   ""        },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(str_eq(adversary_domain(str_of(rows[i].source)), str_of(rows[i].domain)));
}

static void sources_of_one_domain_share_a_number(void **state)
{
    World *w = *state;
    assert_int_equal(w->adversary.domains, 3);
    assert_int_equal(w->param_count, 3 * WIDTH + 3);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_int_equal(adversary_domain_of(&w->adversary, i), i % 3);
}

static void domains_beyond_the_limit_share_the_last_number(void **state)
{
    World *w = *state;
    Arena *a = w->arena;
    enum { MANY = DOMAINS_MAX + 10 };
    Rows rows;
    Adversary v;
    Err err = {0};
    write_rows(a, &rows, MANY);
    for (int i = 0; i < MANY; i++)
        rows.row[i].source = str_print(a, "set%d-x", i);
    assert_true(adversary_init(a, &rows, &w->plan, drawn(a, &rows, &w->plan), &v, &err));
    assert_int_equal(v.domains, DOMAINS_MAX);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(adversary_domain_of(&v, (uint32_t)i),
                         i < DOMAINS_MAX ? i : DOMAINS_MAX - 1);
}

static void off_has_no_weights_and_one_domain_is_refused(void **state)
{
    World *w = *state;
    Adversary v;
    Err err = {0};
    for (int i = 0; i < ROWS; i++)
        w->rows.row[i].source = i % 2 ? STR("tweets-a") : STR("read-tweets");
    Draw *d = drawn(w->arena, &w->rows, &w->plan);
    assert_false(adversary_init(w->arena, &w->rows, &w->plan, d, &v, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.msg, "two domains"));
    w->plan.adversary = 0;
    assert_true(adversary_init(w->arena, &w->rows, &w->plan, d, &v, &err));
    assert_int_equal(v.domains, 0);
    assert_int_equal(adversary_param_count(&v), 0);
}

static void the_strength_rises_from_nothing_to_that_of_the_plan(void **state)
{
    World *w = *state;
    w->plan.adversary = 0.5;
    w->plan.steps = 1000;
    assert_true(adversary_strength(&w->plan, 0) == 0);
    assert_true(fabs(adversary_strength(&w->plan, 100) - 0.5 * 0.46211715726) < 1e-9);
    assert_true(fabs(adversary_strength(&w->plan, 1000) - 0.5 * 0.99990920426) < 1e-9);
}

/* Central difference of the loss along x. */
static double slope(World *w, float *x)
{
    float kept = *x;
    *x = kept + 0x1p-7f;
    double up = pass(w).loss;
    *x = kept - 0x1p-7f;
    double down = pass(w).loss;
    *x = kept;
    return (up - down) * 0x1p6;
}

static void assert_slope(double gradient, double by_difference)
{
    if (!(fabs(gradient - by_difference) < 2e-5 + 1e-3 * fabs(by_difference)))
        fail_msg("the gradient is %.9g, the slope %.9g", gradient, by_difference);
}

static void the_classifier_follows_the_slope_of_its_loss(void **state)
{
    World *w = *state;
    float *grads = w->pass.grads, *scratch = arena_array(w->arena, float, w->param_count);
    pass(w);
    w->pass.grads = scratch;
    for (size_t i = 0; i < w->param_count; i += i < w->param_count - 3 ? 37 : 1)
        assert_slope((double)grads[i], slope(w, &w->params[i]));
}

static void what_the_encoder_gets_is_the_slope_turned_and_scaled(void **state)
{
    World *w = *state;
    size_t n = (size_t)ROWS * 2 * WIDTH, used = 18 * WIDTH;
    float *dpooled = w->pass.dpooled;
    w->pass.strength = 0.25;
    pass(w);
    w->pass.dpooled = arena_array(w->arena, float, n);
    double biggest = 0;
    for (size_t i = 0; i < used; i += 71) {
        double s = slope(w, &w->pooled[i]);
        biggest = fmax(biggest, fabs(s));
        assert_slope((double)dpooled[i], -0.25 * s);
    }
    assert_true(biggest > 0.01);
    for (size_t i = used; i < n; i++)
        assert_true(dpooled[i] == 0);
}

static void scale_and_what_is_there_already_are_respected(void **state)
{
    World *w = *state;
    pass(w);
    float grad = w->pass.grads[5], back = w->pass.dpooled[7];
    w->pass.scale = 0.5;
    double loss = pass(w).loss;
    assert_true(fabsf(w->pass.grads[5] - 1.5f * grad) < 1e-6f && grad != 0);
    assert_true(fabsf(w->pass.dpooled[7] - 1.5f * back) < 1e-6f && back != 0);
    w->pass.scale = 1;
    assert_true(loss == pass(w).loss);
}

static void joined_texts_are_passed_over(void **state)
{
    World *w = *state;
    w->part.text[2].joined = true;
    assert_int_equal(pass(w).texts, ROWS - 1);
    const float *its = w->pass.dpooled + (size_t)w->part.text[2].first * WIDTH;
    for (int i = 0; i < WIDTH; i++)
        assert_true(its[i] == 0);
    for (int i = 0; i < ROWS; i++)
        w->part.text[i].joined = true;
    AdversarySum none = pass(w);
    assert_true(none.texts == 0 && none.right == 0 && none.loss == 0);
}

/* The classifier alone goes downhill; its domain is a hint of 0.5 on one of the axes. */
static void domains_are_learned_while_nothing_flows_back(void **state)
{
    World *w = *state;
    w->pass.strength = 0;
    memset(w->params, 0, w->param_count * sizeof *w->params);
    for (int t = 0; t < ROWS; t++)
        for (int j = 0; j < w->part.text[t].count; j++)
            w->pooled[(size_t)(w->part.text[t].first + j) * WIDTH + (size_t)(t % 3)] += 0.5f;
    AdversarySum first = pass(w), last = first;
    assert_true(fabs(first.loss - ROWS * log(3)) < 1e-6);
    assert_int_equal(first.right, ROWS / 3); /* all are thought to be of the first */
    for (int step = 0; step < 40; step++) {
        memset(w->pass.grads, 0, w->param_count * sizeof *w->pass.grads);
        last = pass(w);
        for (size_t i = 0; i < w->param_count; i++)
            w->params[i] -= 0.01f * w->pass.grads[i];
    }
    assert_true(last.right > 2 * ROWS / 3 && last.loss < first.loss / 2);
    for (size_t i = 0; i < (size_t)ROWS * 2 * WIDTH; i++)
        assert_true(w->pass.dpooled[i] == 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_is_the_name_before_the_first_dash),
        T(sources_of_one_domain_share_a_number),
        T(domains_beyond_the_limit_share_the_last_number),
        T(off_has_no_weights_and_one_domain_is_refused),
        T(the_strength_rises_from_nothing_to_that_of_the_plan),
        T(the_classifier_follows_the_slope_of_its_loss),
        T(what_the_encoder_gets_is_the_slope_turned_and_scaled),
        T(scale_and_what_is_there_already_are_respected),
        T(joined_texts_are_passed_over),
        T(domains_are_learned_while_nothing_flows_back),
    };
    return cmocka_run_group_tests_name("model/adversary", tests, NULL, NULL);
}
