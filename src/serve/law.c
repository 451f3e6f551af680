/* law.c - see the header.
 *
 * Each law has an arena of its own and a count of who holds it, the server being one; the last
 * to give it back frees it.  The count is under the lock: a request costs it twice, which is
 * nothing beside judging.
 */
#include "serve/law.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/thread.h"
#include "policy/publication.h"

#include <pthread.h>
#include <time.h>

#define LAW_ARENA ((size_t)512 << 20) /* address space of one */

typedef struct Holding {
    LawInForce law; /* first: what is handed out */
    Arena *arena;
    int holders;
} Holding;

struct Law {
    Arena *arena;
    LawOptions o;
    pthread_mutex_t lock; /* of now, and of its and others' holders */
    pthread_mutex_t look; /* one look at a time: of the members below */
    pthread_cond_t wake;
    Holding *now;
    Store *db;
    int64_t seen; /* the newest publication that was looked at, good or bad */
    bool stop;
    Thread *thread;
};

/* ---- holding ------------------------------------------------------------------------- */

static void let_go(Law *l, Holding *h)
{
    pthread_mutex_lock(&l->lock);
    bool last = --h->holders == 0;
    pthread_mutex_unlock(&l->lock);
    if (last)
        arena_close(h->arena); /* it lies in it */
}

const LawInForce *law_take(Law *l)
{
    pthread_mutex_lock(&l->lock);
    Holding *h = l->now;
    h->holders++;
    pthread_mutex_unlock(&l->lock);
    return &h->law;
}

void law_give_back(Law *l, const LawInForce *x) { let_go(l, (Holding *)(uintptr_t)x); }

static void replace(Law *l, Holding *new)
{
    pthread_mutex_lock(&l->lock);
    Holding *old = l->now;
    l->now = new;
    pthread_mutex_unlock(&l->lock);
    if (old)
        let_go(l, old);
}

static Holding *holding_open(void)
{
    Arena *a = arena_open(LAW_ARENA);
    Holding *h = arena_new(a, Holding);
    h->arena = a;
    h->holders = 1;
    return h;
}

/* ---- looking ------------------------------------------------------------------------- */

/* A release was calibrated for the thirteen categories, and its scores are shares. */
static bool fits(const Policy *p, Err *err)
{
    float factor[FACTOR_COUNT];
    double score[CATEGORY_COUNT];
    if (!policy_fits_release(p, err))
        return false;
    for (int i = 0; i < 2; i++) {
        for (int f = 0; f < FACTOR_COUNT; f++)
            factor[f] = (float)i;
        policy_compose(p, factor, score);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            if (!(score[c] >= 0 && score[c] <= 1))
                return err_set(err, ERR_INPUT, "a composed score lies outside [0, 1]");
    }
    return true;
}

/* A book whose patterns hold for the policy as it is now; expired rules are no fault. */
static bool read_rules(Holding *h, const Bundle *b, Err *err)
{
    RulesSource from = {.bundle = b,
                        .policy = h->law.policy,
                        .name = str_z(h->arena, h->law.name),
                        .now_ms = clock_wall_ms()};
    RulesReport report;
    Arena *scratch = arena_open(LAW_ARENA);
    rules_benign(h->arena, b, &from.benign, &from.benigns);
    bool ok = rules_read(h->arena, scratch, &from, &report, &h->law.rules, err);
    if (ok)
        h->law.counts = rule_counts_new(h->arena, h->law.rules);
    arena_close(scratch);
    return ok;
}

static bool read_published(Law *l, const Publication *p, Holding *h, Err *err)
{
    Bundle b;
    Str name = publication_name(h->arena, p);
    h->law = (LawInForce){.name = name, .digest = p->digest, .published = true};
    return publication_bundle(l->db, h->arena, p, &b, err) &&
           bundle_policy(h->arena, &b, str_z(h->arena, name), &h->law.policy, err) &&
           fits(h->law.policy, err) && read_rules(h, &b, err);
}

static void say(Law *l, const char *event, Str name, const Err *err)
{
    LogLine line = log_begin(&l->o.log, err ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, event);
    if (name.len)
        log_str(&line, "policy", name);
    if (err)
        log_err(&line, err);
    log_end(&line);
}

static bool find_newest(Law *l, Arena *a, Publication *p, bool *found, Err *err)
{
    *found = false;
    if (!l->db && !file_exists(l->o.config->store_path))
        return true;
    return (l->db || store_open(l->o.config->store_path, &l->db, err)) &&
           publication_in_force(l->db, a, policy_id(release_policy(l->o.release)), p, found,
                                err);
}

/* With `look` held. */
static void look(Law *l)
{
    Holding *h = holding_open();
    Publication p;
    bool found;
    Err err = {0};
    if (!find_newest(l, h->arena, &p, &found, &err)) {
        metric_add(l->o.metrics, METRIC_POLICY_REFUSED, 0, 1);
        say(l, "policy_not_looked_at", (Str){0}, &err);
        store_close(l->db);
        l->db = NULL;
    } else if (found && p.id != l->seen) {
        l->seen = p.id;
        if (read_published(l, &p, h, &err)) {
            metric_add(l->o.metrics, METRIC_POLICY_SWAPPED, 0, 1);
            say(l, "policy_in_force", h->law.name, NULL);
            replace(l, h);
            return;
        }
        metric_add(l->o.metrics, METRIC_POLICY_REFUSED, 0, 1);
        say(l, "policy_refused", h->law.name, &err);
    }
    arena_close(h->arena);
}

void law_look(Law *l)
{
    pthread_mutex_lock(&l->look);
    if (l->o.config->policy_poll_ms)
        look(l);
    pthread_mutex_unlock(&l->look);
}

static void keep_looking(void *ctx)
{
    Law *l = ctx;
    pthread_mutex_lock(&l->look);
    while (!l->stop) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        int64_t ns = until.tv_nsec + l->o.config->policy_poll_ms % 1000 * 1000000;
        until.tv_sec += l->o.config->policy_poll_ms / 1000 + ns / 1000000000;
        until.tv_nsec = ns % 1000000000;
        int code = pthread_cond_timedwait(&l->wake, &l->look, &until);
        if (!l->stop && code != 0) /* the time is over */
            look(l);
    }
    pthread_mutex_unlock(&l->look);
}

/* ---- opening ------------------------------------------------------------------------- */

static Holding *own_law(const Release *r)
{
    Holding *h = holding_open();
    const Policy *p = release_policy(r);
    h->law = (LawInForce){.policy = p,
                          .name = str_print(h->arena, STR_FMT "@" STR_FMT,
                                            STR_ARG(policy_id(p)), STR_ARG(policy_version(p))),
                          .digest = digest_of(policy_text(p))};
    return h;
}

bool law_open(const LawOptions *o, Law **out, Err *err)
{
    Arena *a = arena_open(1 << 16);
    Law *l = arena_new(a, Law);
    pthread_condattr_t attr;
    l->arena = a;
    l->o = *o;
    pthread_mutex_init(&l->lock, NULL);
    pthread_mutex_init(&l->look, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->wake, &attr);
    pthread_condattr_destroy(&attr);
    l->now = own_law(o->release);
    law_look(l);
    if (o->config->policy_poll_ms &&
        !thread_start("policy", keep_looking, l, &l->thread, err)) {
        law_close(l);
        return false;
    }
    *out = l;
    return true;
}

void law_close(Law *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&l->look);
    l->stop = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->look);
    thread_join(l->thread);
    replace(l, NULL);
    store_close(l->db);
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->look);
    pthread_mutex_destroy(&l->lock);
    arena_close(l->arena);
}
