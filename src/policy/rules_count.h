/* rules_count.h - how often each rule hit, for /metrics.
 *
 * Updated by any thread, without a lock.  The names come from the policy, which the operator
 * wrote; there are at most RULES_SHOWN of them, the rest is counted as "other", so that a long
 * book does not become a flood of series.
 */
#ifndef POLICY_RULES_COUNT_H
#define POLICY_RULES_COUNT_H

#include "base/buf.h"
#include "policy/rules.h"

enum { RULES_SHOWN = 200 };

typedef struct RuleCounts RuleCounts;

RuleCounts *rule_counts_new(Arena *a, const RuleBook *b);

/* One text more in which the rule hit, whether it stands, is lifted or is dry. */
void rule_counts_add(RuleCounts *c, uint32_t rule);
uint64_t rule_counts_get(const RuleCounts *c, uint32_t rule);

/* gavel_rule_hits_total{rule="..."} in Prometheus' text format; nothing without rules. */
void rule_counts_print(const RuleCounts *c, Buf *out);

#endif
