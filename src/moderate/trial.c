#include "moderate/trial.h"

#include "base/map.h"

static const char *const results[] = {"passed", "failed", "known", "fixed"};

const char *trial_result_name(TrialResult x) { return results[x]; }

static bool judge(const Release *r, const Policy *p, const GoldenCase *c, const Scored *s,
                  Arena *a, CategoryOutcome *out, Err *err)
{
    Outcome all;
    RulingInput in = {.text = &c->text, .count = 1, .factor = s->factor, .tier = s->tier};
    if (!ruling_make(r, p, a, &in, &all, err))
        return false;
    *out = all.category[c->category];
    return true;
}

/* ---- golden cases -------------------------------------------------------------------- */

static bool fits(const GoldenCase *c, const CategoryOutcome *got)
{
    bool answer = c->expect == EXPECT_UNSURE ? got->action != ACTION_BLOCK
                                             : outcome_answer(got) == c->expect;
    Str severity = got->rung ? got->rung->name : (Str){"", 0};
    return answer && (!c->has_action || got->action == c->action) &&
           (c->severity.len == 0 || str_eq(severity, c->severity));
}

static bool looks_at(const Policy *p, const PolicyNode *n, Factor f)
{
    if (n->kind == NODE_CATEGORY)
        return looks_at(p, &policy_category(p, n->index)->score, f);
    bool found = n->kind == NODE_FACTOR && n->index == (int)f;
    for (int i = 0; !found && i < n->count; i++)
        found = looks_at(p, &n->part[i], f);
    return found;
}

/* Rare factors first: what hardly ever holds says no, and must fail where yes is wanted. */
static Factor off_topic(const Policy *p, int category)
{
    static const Factor candidates[] = {FACTOR_ELECTION, FACTOR_ATTACK, FACTOR_SPAM,
                                        FACTOR_GORE};
    const PolicyNode *n = &policy_category(p, category)->score;
    for (size_t i = 0; i + 1 < sizeof candidates / sizeof *candidates; i++)
        if (!looks_at(p, n, candidates[i]))
            return candidates[i];
    return candidates[sizeof candidates / sizeof *candidates - 1];
}

static void count_others(const Policy *p, const GoldenCase *c, const Scored *s,
                         const CategoryOutcome *got, TrialCategory *out)
{
    if (c->expect == EXPECT_UNSURE)
        return;
    bool yes = outcome_answer(got) == EXPECT_YES;
    bool other = (double)s->factor[off_topic(p, c->category)] >= .5;
    out->cases++;
    out->inverted += yes == (c->expect == EXPECT_NO);
    out->off_topic += other == (c->expect == EXPECT_YES);
}

static void add(TrialCategory *sum, const TrialCategory *x)
{
    sum->cases += x->cases;
    sum->inverted += x->inverted;
    sum->off_topic += x->off_topic;
    sum->blunt = sum->blunt || x->blunt;
    for (int i = 0; i < TRIAL_RESULTS; i++)
        sum->result[i] += x->result[i];
}

bool trial_run(const Release *r, const PolicyFolder *f, const Scored *scored, Arena *a,
               Trial *out, Err *err)
{
    Trial t = {.at = arena_array(a, TrialCase, f->golden_count + 1), .count = f->golden_count};
    for (size_t i = 0; i < f->golden_count; i++) {
        const GoldenCase *c = &f->golden[i];
        TrialCategory *sum = &t.category[c->category];
        const Policy *p =
            folder_policy(f, folder_pack(f, c->locale), c->has_time ? c->at_ms : 0, NULL);
        TrialCase *x = &t.at[i];
        x->golden = c;
        if (!judge(r, p, c, &scored[i], a, &x->got, err))
            return false;
        bool passes = fits(c, &x->got);
        x->result = c->known.len ? (passes ? TRIAL_FIXED : TRIAL_KNOWN)
                                 : (passes ? TRIAL_PASSED : TRIAL_FAILED);
        sum->result[x->result]++;
        count_others(p, c, &scored[i], &x->got, sum);
    }
    for (int i = 0; i < policy_count(f->policy); i++) {
        TrialCategory *sum = &t.category[i];
        bool silent = policy_category(f->policy, i)->describe_only;
        sum->blunt =
            2 * sum->inverted >= sum->cases || (!silent && sum->off_topic >= sum->cases);
        add(&t.all, sum);
    }
    *out = t;
    return true;
}

bool trial_passes(const Trial *t, bool strict)
{
    return t->all.result[TRIAL_FAILED] == 0 && !t->all.blunt &&
           (!strict || t->all.result[TRIAL_FIXED] == 0);
}

/* ---- locales ------------------------------------------------------------------------- */

static bool same(const CategoryOutcome *x, const CategoryOutcome *y)
{
    Str none = {"", 0};
    return x->action == y->action && x->holds == y->holds && x->unsure == y->unsure &&
           str_eq(x->rung ? x->rung->name : none, y->rung ? y->rung->name : none);
}

/* The document's, each pack's, and each pack's in each of its periods. */
static size_t opinions(const PolicyFolder *f, Opinion *out, const Policy **policy)
{
    size_t n = 0;
    out[n] = (Opinion){
        .period = {"", 0}
    };
    policy[n++] = f->policy;
    for (size_t i = 0; i < f->pack_count; i++) {
        const LocalePack *pack = &f->pack[i];
        out[n] = (Opinion){
            .pack = pack, .period = {"", 0}
        };
        policy[n++] = pack->policy;
        for (size_t k = 0; k < pack->period_count; k++) {
            out[n] = (Opinion){.pack = pack, .period = pack->period[k].name};
            policy[n++] = pack->period[k].policy;
        }
    }
    return n;
}

static size_t opinions_most(const PolicyFolder *f)
{
    size_t n = 1 + f->pack_count;
    for (size_t i = 0; i < f->pack_count; i++)
        n += f->pack[i].period_count;
    return n;
}

bool trial_disagreements(const Release *r, const PolicyFolder *f, const Scored *scored,
                         Arena *a, Disagreement **out, size_t *count, Err *err)
{
    size_t most = opinions_most(f), found = 0;
    Disagreement *list = arena_array(a, Disagreement, f->golden_count + 1);
    const Policy **policy = arena_array(a, const Policy *, most);
    Map *seen = map_new(a, f->golden_count);
    for (size_t i = 0; i < f->golden_count; i++) {
        const GoldenCase *c = &f->golden[i];
        Str key = str_print(a, "%d " STR_FMT, c->category, STR_ARG(c->text));
        Opinion *x = arena_array(a, Opinion, most);
        size_t n = opinions(f, x, policy);
        bool differs = false;
        if (map_has(seen, key))
            continue;
        map_put(seen, key, i);
        for (size_t k = 0; k < n; k++) {
            if (!judge(r, policy[k], c, &scored[i], a, &x[k].outcome, err))
                return false;
            differs = differs || !same(&x[k].outcome, &x[0].outcome);
        }
        if (differs)
            list[found++] = (Disagreement){c, x, n};
    }
    *out = list;
    *count = found;
    return true;
}
