#include "policy/rules_count.h"

#include <stdatomic.h>

struct RuleCounts {
    const RuleBook *book;
    _Atomic uint64_t *hits; /* of each rule */
};

RuleCounts *rule_counts_new(Arena *a, const RuleBook *b)
{
    RuleCounts *c = arena_new(a, RuleCounts);
    c->book = b;
    c->hits = arena_array(a, _Atomic uint64_t, rules_count(b));
    return c;
}

void rule_counts_add(RuleCounts *c, uint32_t rule)
{
    atomic_fetch_add_explicit(&c->hits[rule], 1, memory_order_relaxed);
}

uint64_t rule_counts_get(const RuleCounts *c, uint32_t rule)
{
    return atomic_load_explicit(&c->hits[rule], memory_order_relaxed);
}

void rule_counts_print(const RuleCounts *c, Buf *out)
{
    size_t rules = rules_count(c->book);
    uint64_t rest = 0;
    if (!rules)
        return;
    buf_put(out, STR("# HELP gavel_rule_hits_total texts in which a rule of the policy hit\n"
                     "# TYPE gavel_rule_hits_total counter\n"));
    for (size_t i = 0; i < rules; i++) {
        uint64_t n = rule_counts_get(c, (uint32_t)i);
        if (i >= RULES_SHOWN)
            rest += n;
        else
            buf_print(out, "gavel_rule_hits_total{rule=\"" STR_FMT "\"} %llu\n",
                      STR_ARG(rules_at(c->book, i)->id), (unsigned long long)n);
    }
    if (rules > RULES_SHOWN)
        buf_print(out, "gavel_rule_hits_total{rule=\"(other)\"} %llu\n",
                  (unsigned long long)rest);
}
