#include "../moderate/bench_world.h"

#include "policy/publication.h"
#include "serve/law.h"

#include <stdio.h>
#include <unistd.h>

typedef struct Court {
    World *w;
    Config config;
    Metrics *metrics;
    Law *law;
} Court;

static Court *court(World *w, int64_t poll_ms)
{
    Err err = {0};
    Court *c = arena_new(w->arena, Court);
    c->w = w;
    c->metrics = metrics_new(w->arena);
    config_defaults(w->arena, &c->config);
    c->config.store_path = temp_path(w->temp, "s.db");
    c->config.policy_poll_ms = poll_ms;
    LawOptions o = {
        &c->config, w->release, c->metrics, {.fd = 2, .least = LOG_LEVEL_COUNT}
    };
    if (!law_open(&o, &c->law, &err))
        fail_msg("%s", err.msg);
    return c;
}

/* The release's own words under another version, `before` exchanged for `after`. */
static void publish(World *w, const char *version, const char *before, const char *after)
{
    Err err = {0};
    Publication p;
    bool fresh;
    Str own = policy_text(release_policy(w->release));
    Str id = policy_id(release_policy(w->release));
    const char *at = memmem(own.ptr, own.len, before, strlen(before));
    assert_non_null(at);
    size_t head = (size_t)(at - own.ptr);
    Str rest = {at + strlen(before), own.len - head - strlen(before)};
    Str changed =
        str_print(w->arena, "%.*s%s" STR_FMT, (int)head, own.ptr, after, STR_ARG(rest));
    const char *word = memmem(changed.ptr, changed.len, "version: ", 9);
    const char *end = memchr(word, '\n', (size_t)(changed.ptr + changed.len - word));
    Str text = str_print(w->arena, "%.*sversion: %s%.*s", (int)(word - changed.ptr),
                         changed.ptr, version, (int)(changed.ptr + changed.len - end), end);
    Bundle b = policy_bundle(w->arena, text, NULL);
    PublicationNote note = {STR("kim"), STR("why"), 1};
    if (!publication_put(w->db, w->arena, &b, &note, &p, &fresh, &err))
        fail_msg("%s", err.msg);
    assert_true(str_eq(p.policy, id));
}

static bool is_version(Court *c, const char *version)
{
    const LawInForce *x = law_take(c->law);
    bool same = str_ends(x->name, str_print(c->w->arena, "@%s", version));
    law_give_back(c->law, x);
    return same;
}

static void the_release_s_own_holds_until_something_is_published(void **state)
{
    World *w = *state;
    Court *c = court(w, 3600000);
    const LawInForce *x = law_take(c->law);
    assert_false(x->published);
    assert_ptr_equal(x->policy, release_policy(w->release));
    law_give_back(c->law, x);
    law_close(c->law);
}

static void who_holds_the_former_keeps_it(void **state)
{
    World *w = *state;
    publish(w, "v1", "score: hate\n", "score: hate\n");
    Court *c = court(w, 3600000);
    const LawInForce *former = law_take(c->law);
    assert_true(str_ends(former->name, STR("@v1")));
    publish(w, "v2", "score: hate\n", "score: insult\n");
    law_look(c->law);
    assert_true(is_version(c, "v2"));
    float factor[FACTOR_COUNT] = {[FACTOR_HATE] = 1};
    double score[CATEGORY_COUNT];
    policy_compose(former->policy, factor, score);
    assert_true(score[CATEGORY_HATE] > .5); /* still there, still itself */
    law_give_back(c->law, former);
    law_look(c->law);
    assert_int_equal(metric_get(c->metrics, METRIC_POLICY_SWAPPED, 0), 2);
    law_close(c->law);
}

static void what_does_not_read_is_refused_once_and_the_former_stays(void **state)
{
    World *w = *state;
    Err err = {0};
    publish(w, "v1", "score: hate\n", "score: hate\n");
    Court *c = court(w, 3600000);
    publish(w, "v2", "score: hate\n", "score: insult\n");
    assert_true(store_exec(w->db, "UPDATE policy_file SET text = 'x' WHERE version = 2", &err));
    law_look(c->law);
    law_look(c->law);
    assert_true(is_version(c, "v1"));
    assert_int_equal(metric_get(c->metrics, METRIC_POLICY_REFUSED, 0), 1);
    publish(w, "v3", "score: hate\n", "score: threat\n");
    law_look(c->law);
    assert_true(is_version(c, "v3"));
    law_close(c->law);
}

static void the_thread_finds_it_by_itself_unless_it_is_told_not_to(void **state)
{
    World *w = *state;
    Court *c = court(w, 1), *still = court(w, 0);
    publish(w, "v1", "score: hate\n", "score: hate\n");
    while (!is_version(c, "v1"))
        usleep(1000);
    law_look(still->law);
    assert_false(is_version(still, "v1"));
    law_close(c->law);
    law_close(still->law);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_release_s_own_holds_until_something_is_published),
        TEST(who_holds_the_former_keeps_it),
        TEST(what_does_not_read_is_refused_once_and_the_former_stays),
        TEST(the_thread_finds_it_by_itself_unless_it_is_told_not_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
