#include "serve/moderation_reply.h"
#include "serve/serve_internal.h"

/* A score that is no number would leave the server as null, which no client expects. */
static bool is_sound(const Verdict *v)
{
    for (Category c = 0; c < CATEGORY_COUNT; c++)
        if (!(v->score[c] >= 0 && v->score[c] <= 1))
            return false;
    return true;
}

static bool judge_all(Call *c, const ModerationRequest *r, Verdict *verdict, ApiError *e)
{
    Serve *s = c->serve;
    uint64_t flagged = 0;
    for (size_t i = 0; i < r->inputs.count; i++) {
        ArenaMark m = arena_mark(c->arena);
        if (!s->o.judge.judge(s->o.judge.ctx, c->arena, &r->inputs.input[i], &verdict[i],
                              &c->cause))
            return api_error_from(e, "input", &c->cause);
        arena_rewind(c->arena, m);
        if (!is_sound(&verdict[i])) {
            err_set(&c->cause, ERR_CORRUPT, "a score lies outside [0, 1]");
            return api_error_from(e, "input", &c->cause);
        }
        flagged += verdict[i].flagged;
    }
    metric_add(s->metrics, METRIC_INPUTS, 0, r->inputs.count);
    metric_add(s->metrics, METRIC_INPUT_BYTES, 0, r->bytes);
    metric_add(s->metrics, METRIC_FLAGGED, 0, flagged);
    return true;
}

bool api_moderations(Call *c, ApiError *e)
{
    ModerationRequest r;
    if (!moderation_request_parse(c->arena, c->req->body, &c->serve->limits, &r, e))
        return false;
    c->inputs = r.inputs.count;
    Verdict *verdict = arena_array(c->arena, Verdict, r.inputs.count);
    if (!judge_all(c, &r, verdict, e))
        return false;
    c->res->status = 200;
    c->res->content_type = "application/json";
    moderation_reply_print(&c->res->body, random_name(c->arena, "modr-"), r.model, verdict,
                           r.inputs.count);
    return true;
}
