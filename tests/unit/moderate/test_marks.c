#include "moderate/marks.h"

#include "../policy/documents.h"

enum { ROOM = 256 << 20 };

typedef struct World {
    Arena *a, *scratch;
    const Policy *policy;
    const RuleBook *book;
    double shipped[CATEGORY_COUNT], score[CATEGORY_COUNT];
    Decision decision;
    Marks marks;
    Err err;
} World;

static const char rules[] =
    "rules:\n"
    "- {id: word, owner: o, kind: phrase, category: hate, patterns: [frob], action: block,"
    " clause: hate.1}\n"
    "- {id: trial, owner: o, kind: phrase, category: sexual, patterns: [plonk], dry-run: "
    "true}\n"
    "- {id: child, owner: o, kind: phrase, category: sexual/minors, patterns: [grund]}\n"
    "- {id: play, owner: o, kind: phrase, action: allow, lifts: [word], patterns: [frob "
    "song]}\n"
    "- {id: quote, owner: o, kind: phrase, action: allow, scope: text,"
    " lifts: [hate, violence], patterns: [quoth]}\n";

static int with_world(void **state)
{
    static World w;
    BundleFile f[2];
    Bundle b;
    RulesReport report;
    w = (World){.a = arena_open(ROOM), .scratch = arena_open(ROOM)};
    Str document = policy_document(w.a, "1", "{score: hate}");
    f[0] = (BundleFile){STR("policy.yaml"), document};
    f[1] = (BundleFile){STR("rules/a.yaml"), str_of(rules)};
    bundle_of(f, 2, &b);
    if (!policy_parse(w.a, document, "test", &w.policy, &w.err))
        return -1;
    RulesSource from = {.bundle = &b, .policy = w.policy, .name = "t"};
    *state = &w;
    return rules_read(w.a, w.scratch, &from, &report, &w.book, &w.err) ? 0 : -1;
}

static int without_world(void **state)
{
    World *w = *state;
    arena_close(w->a);
    arena_close(w->scratch);
    return 0;
}

/* The model says of everything .1, of violence .9; thresholds are at .6. */
static void judge(World *w, const Str *text, size_t count)
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        w->shipped[c] = .6;
        w->score[c] = c == CATEGORY_VIOLENCE ? .9 : .1;
    }
    decide(w->policy, w->shipped, w->score, &w->decision);
    assert_true(marks_read(w->book, &(RuleContext){0}, w->a, w->scratch, text, count, &w->marks,
                           &w->err));
    marks_apply(w->book, w->policy, w->shipped, &w->marks, &w->decision, w->score);
}

static void a_standing_hit_sets_its_category_and_no_more(void **state)
{
    World *w = *state;
    judge(w, &STR("a fr\xe2\x80\x8bob"), 1);
    assert_int_equal(w->marks.count, 1);
    assert_true(w->decision.category[CATEGORY_HATE] && w->decision.category[CATEGORY_VIOLENCE]);
    assert_false(w->decision.category[CATEGORY_SEXUAL]);
    assert_true(w->score[CATEGORY_HATE] == .6 && w->score[CATEGORY_HARASSMENT] == .1 &&
                w->score[CATEGORY_VIOLENCE] == .9);
    assert_int_equal(w->decision.action, ACTION_BLOCK);
}

static void a_score_is_never_lowered_nor_above_one(void **state)
{
    World *w = *state;
    Marks none;
    judge(w, &STR("frob"), 1);
    none = w->marks;
    w->shipped[CATEGORY_HATE] = 2; /* never, by the model alone */
    w->score[CATEGORY_HATE] = .2;
    marks_apply(w->book, w->policy, w->shipped, &none, &w->decision, w->score);
    assert_true(w->score[CATEGORY_HATE] == 1);
    w->shipped[CATEGORY_HATE] = .5;
    marks_apply(w->book, w->policy, w->shipped, &none, &w->decision, w->score);
    assert_true(w->score[CATEGORY_HATE] == 1);
}

static void dry_runs_and_lifted_hits_do_nothing(void **state)
{
    World *w = *state;
    judge(w, &STR("plonk, a frob song"), 1);
    assert_int_equal(w->marks.count, 3);
    assert_false(w->decision.category[CATEGORY_HATE] || w->decision.category[CATEGORY_SEXUAL]);
    assert_true(w->score[CATEGORY_HATE] == .1);
}

static void an_allow_rule_of_the_text_lets_flags_fall_and_leaves_scores(void **state)
{
    World *w = *state;
    judge(w, &STR("quoth he, frob"), 1);
    assert_false(w->decision.flagged);
    assert_int_equal(w->decision.action, ACTION_NONE);
    assert_true(w->score[CATEGORY_VIOLENCE] == .9);
    judge(w, &STR("quoth grund"), 1); /* nothing lifts this one */
    assert_true(w->decision.category[CATEGORY_SEXUAL_MINORS] && w->decision.flagged);
}

static void one_part_of_an_input_does_not_excuse_another(void **state)
{
    World *w = *state;
    const Str parts[] = {STR("quoth he"), STR("and more")},
              both[] = {STR("quoth"), STR("quoth")};
    judge(w, parts, 2);
    assert_true(w->decision.category[CATEGORY_VIOLENCE]);
    judge(w, both, 2);
    assert_false(w->decision.category[CATEGORY_VIOLENCE]);
    judge(w, NULL, 0);
    assert_true(w->decision.category[CATEGORY_VIOLENCE]);
    const Str second[] = {STR("fine"), STR("a frob")};
    judge(w, second, 2);
    assert_int_equal(w->marks.mark[0].text, 1);
}

static void marks_are_shown_with_rule_span_and_clause(void **state)
{
    World *w = *state;
    Buf out;
    buf_init(&out, 1 << 16);
    JsWriter js = js_writer(&out);
    judge(w, &STR("a frob"), 1);
    marks_print(w->book, w->policy, &w->marks, &js);
    assert_true(str_eq(buf_str(&out),
                       STR("[{\"rule\":\"word\",\"kind\":\"phrase\",\"state\":\"stands\","
                           "\"category\":\"hate\",\"action\":\"block\",\"clause\":\"hate.1\","
                           "\"text\":0,\"from\":2,\"to\":6,\"view\":\"both\",\"line\":2}]")));
    buf_done(&out);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_standing_hit_sets_its_category_and_no_more),
        TEST(a_score_is_never_lowered_nor_above_one),
        TEST(dry_runs_and_lifted_hits_do_nothing),
        TEST(an_allow_rule_of_the_text_lets_flags_fall_and_leaves_scores),
        TEST(one_part_of_an_input_does_not_excuse_another),
        TEST(marks_are_shown_with_rule_span_and_clause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
