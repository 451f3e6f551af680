#include "base/clock.h"
#include "serve/moderation_reply.h"
#include "serve/serve_internal.h"

/* Places in METRIC_LABELS' TIER; an input without a text counts as the fast tier's. */
enum { TIER_LABELS = 4 };
static const int tier_label[] = {
    [TIER_CASCADE] = 1, [TIER_FAST] = 1, [TIER_STUDENT] = 2, [TIER_ENCODER] = 3};

/* A score that is no number would leave the server as null, which no client expects. */
static bool is_sound(const Verdict *v)
{
    for (Category c = 0; c < CATEGORY_COUNT; c++)
        if (!(v->score[c] >= 0 && v->score[c] <= 1))
            return false;
    return true;
}

/* The value of one member of the query, as it was sent; empty: it is not there. */
static Str query_member(const Call *c, Str name)
{
    Str rest = c->req->query, part;
    while (str_cut(&rest, '&', &part))
        if (str_starts(part, name) && part.len > name.len && part.ptr[name.len] == '=')
            return (Str){part.ptr + name.len + 1, part.len - name.len - 1};
    return (Str){"", 0};
}

/* What the house rules say of each result, where they are served and asked for. */
static bool ask_house(Call *c, const Verdict *verdict, ReplyExtensions *x, ApiError *e)
{
    const House *h = c->serve->house;
    const Release *r = c->serve->o.judge.release;
    Str locale = http_header(c->req, STR("gavel-locale"));
    const LocalePack *pack;
    if (!h || !r || !x->actions)
        return true;
    if (locale.len == 0)
        locale = query_member(c, STR("locale"));
    if (!house_pack(h, locale, &pack))
        return api_error_set(e, API_WRONG_VALUE, "locale",
                             "The policy has no locale '" STR_FMT "'.", STR_ARG(locale));
    HouseRuling *ruling = arena_array(c->arena, HouseRuling, c->asked.inputs.count);
    for (size_t i = 0; i < c->asked.inputs.count; i++)
        if (!house_judge(h, r, c->arena, pack, clock_wall_ms(), &c->asked.inputs.input[i],
                         &verdict[i], &ruling[i], &c->cause))
            return api_error_from(e, "input", &c->cause);
    x->ruling = ruling;
    return true;
}

/* Header `Gavel-Extensions: rules, actions`, or `?extensions=rules`. */
static ReplyExtensions extensions(const Call *c)
{
    ReplyExtensions x = {0};
    Str rest = c->req->query, part;
    reply_extensions_read(http_header(c->req, STR("gavel-extensions")), &x);
    while (str_cut(&rest, '&', &part))
        if (str_starts(part, STR("extensions=")))
            reply_extensions_read((Str){part.ptr + 11, part.len - 11}, &x);
    if (c->law) {
        x.book = c->law->rules;
        x.policy = c->law->policy;
        x.policy_name = c->law->name;
    }
    return x;
}

/* Texts in which each rule hit; marks are by text, then by rule. */
static void count_rules(const Call *c, const Marks *m)
{
    for (size_t i = 0; i < m->count && c->law && c->law->counts; i++)
        if (i == 0 || m->mark[i].hit.rule != m->mark[i - 1].hit.rule ||
            m->mark[i].text != m->mark[i - 1].text)
            rule_counts_add(c->law->counts, m->mark[i].hit.rule);
}

/* Counts what the verdicts say, once they are sound. */
static bool note(Call *c, const Verdict *verdict, size_t count, ApiError *e)
{
    Metrics *m = c->serve->metrics;
    uint64_t flagged = 0, answered[TIER_LABELS] = {0};
    for (size_t i = 0; i < count; i++) {
        if (!is_sound(&verdict[i])) {
            err_set(&c->cause, ERR_CORRUPT, "a score lies outside [0, 1]");
            return api_error_from(e, "input", &c->cause);
        }
        flagged += verdict[i].flagged;
        count_rules(c, &verdict[i].marks);
        answered[tier_label[verdict[i].tier]]++;
    }
    metric_add(m, METRIC_INPUTS, 0, count);
    metric_add(m, METRIC_INPUT_BYTES, 0, c->asked.bytes);
    metric_add(m, METRIC_FLAGGED, 0, flagged);
    for (int t = 0; t < TIER_LABELS; t++)
        if (answered[t])
            metric_add(m, METRIC_ANSWERED, t, answered[t]);
    return true;
}

static bool reply(Call *c, const Verdict *verdict, ApiError *e)
{
    size_t count = c->asked.inputs.count;
    ReplyExtensions more = extensions(c);
    if (!ask_house(c, verdict, &more, e) || !note(c, verdict, count, e))
        return false;
    c->res->status = 200;
    c->res->content_type = "application/json";
    moderation_reply_print(&c->res->body, random_name(c->names, c->arena, "modr-"),
                           c->asked.model, verdict, count, &more);
    return true;
}

static bool judge_now(Call *c, ApiError *e)
{
    const ServeJudge *j = &c->serve->o.judge;
    const Inputs *in = &c->asked.inputs;
    Verdict *verdict = arena_array(c->arena, Verdict, in->count);
    for (size_t i = 0; i < in->count; i++) {
        ArenaMark m = arena_mark(c->arena);
        if (!j->judge(j->ctx, c->arena, &in->input[i], &verdict[i], &c->cause))
            return api_error_from(e, "input", &c->cause);
        arena_rewind(c->arena, m);
    }
    return reply(c, verdict, e);
}

bool api_moderations_resume(Call *c, ApiError *e)
{
    Verdict *verdict = arena_array(c->arena, Verdict, c->asked.inputs.count);
    docket_close(c->docket, c->pending, verdict);
    c->pending = NULL;
    return reply(c, verdict, e);
}

/* The law of this moment is the request's to its end. */
static void take_law(Call *c)
{
    if (!c->serve->law)
        return;
    c->law = law_take(c->serve->law);
    http_add_header(c->res, STR("gavel-policy"), c->law->name);
    for (size_t i = 0; i < c->asked.inputs.count; i++) {
        Input *in = &c->asked.inputs.input[i];
        in->policy = c->law->published ? c->law->policy : NULL;
        in->rules = c->law->rules;
        in->at.now_ms = clock_wall_ms();
    }
}

bool api_moderations(Call *c, ApiError *e)
{
    if (!moderation_request_parse(c->arena, c->req->body, &c->serve->limits, &c->asked, e))
        return false;
    c->inputs = c->asked.inputs.count;
    take_law(c);
    if (!c->docket)
        return judge_now(c, e);
    Case *opened;
    if (!docket_open(c->docket, c->arena, c->scratch, c->asked.inputs.input, c->inputs, &opened,
                     &c->cause))
        return api_error_from(e, "input", &c->cause);
    c->pending = opened;
    return !case_is_ready(opened) || api_moderations_resume(c, e);
}
