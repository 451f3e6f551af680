#include "policy/rules_count.h"

#include "documents.h"

static const RuleBook *book_of(Arena *a, Arena *scratch, int rules)
{
    Buf yaml;
    Bundle b;
    Err err = {0};
    RulesReport report;
    const Policy *p;
    const RuleBook *book;
    buf_init(&yaml, 1 << 20);
    buf_put(&yaml, rules ? STR("rules:\n") : STR("rules: []\n"));
    for (int i = 0; i < rules; i++)
        buf_print(&yaml,
                  "- {id: r%d, owner: o, kind: phrase, category: hate, patterns: [w%d]}\n", i,
                  i);
    Str document = policy_document(a, "1", "{score: hate}");
    BundleFile f[] = {
        {STR("policy.yaml"),  document      },
        {STR("rules/a.yaml"), buf_str(&yaml)}
    };
    bundle_of(f, 2, &b);
    RulesSource from = {.bundle = &b, .name = "t"};
    assert_true(policy_parse(a, document, "t", &p, &err));
    from.policy = p;
    assert_true(rules_read(a, scratch, &from, &report, &book, &err));
    buf_done(&yaml);
    return book;
}

static void each_rule_has_its_count_and_a_flood_of_them_one_together(void **state)
{
    (void)state;
    Arena *a = arena_open(64 << 20), *scratch = arena_open(256 << 20);
    RuleCounts *c = rule_counts_new(a, book_of(a, scratch, RULES_SHOWN + 3));
    Buf out;
    buf_init(&out, 1 << 20);
    for (uint32_t i = 0; i < RULES_SHOWN + 3; i++)
        for (uint32_t k = 0; k <= i % 3; k++)
            rule_counts_add(c, i);
    assert_int_equal(rule_counts_get(c, 2), 3);
    rule_counts_print(c, &out);
    buf_byte(&out, 0);
    assert_non_null(strstr(out.ptr, "# TYPE gavel_rule_hits_total counter\n"));
    assert_non_null(strstr(out.ptr, "gavel_rule_hits_total{rule=\"r1\"} 2\n"));
    assert_null(strstr(out.ptr, "rule=\"r200\""));
    assert_non_null(strstr(out.ptr, "gavel_rule_hits_total{rule=\"(other)\"} 6\n"));
    buf_clear(&out);
    rule_counts_print(rule_counts_new(a, book_of(a, scratch, 0)), &out);
    assert_int_equal(out.len, 0);
    buf_done(&out);
    arena_close(a);
    arena_close(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_has_its_count_and_a_flood_of_them_one_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
