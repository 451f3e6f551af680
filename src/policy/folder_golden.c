/* folder_golden.c - golden cases: an object a line. */
#include "base/js.h"
#include "policy/date.h"
#include "policy/folder_internal.h"

typedef struct Line {
    FolderReader *r;
    Str file, text;
    int number;
    const Js *object;
} Line;

/* The parser keeps no places in a line of JSON; the member's name is looked for instead. */
static Place place_of(const Line *l, const char *key)
{
    Place at = {l->file, l->number, 1};
    Str quoted = str_print(l->r->arena, "\"%s\"", key);
    const char *hit = memmem(l->text.ptr, l->text.len, quoted.ptr, quoted.len);
    if (hit)
        at.column = (int)(hit - l->text.ptr) + 1;
    return at;
}

static bool known_members(const Line *l)
{
    static const char *const known[] = {"text", "category", "expect", "clause", "locale",
                                        "at",   "severity", "action", "known",  "about"};
    for (size_t i = 0; i < l->object->count; i++) {
        const Js *v = &l->object->item[i];
        Str key = l->object->key[i];
        bool fits = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            fits = fits || str_eq(key, str_of(known[k]));
        if (!fits || v->type != JS_STRING) {
            findings_add(l->r->faults, (Place){l->file, l->number, 1},
                         fits ? "'" STR_FMT "' must be text"
                              : "a golden case has no member '" STR_FMT "'",
                         STR_ARG(key));
            return false;
        }
    }
    return true;
}

static Str member(const Line *l, const char *key)
{
    const Js *v = js_get(l->object, str_of(key));
    return v ? v->str : (Str){"", 0};
}

static bool fault(const Line *l, const char *key, const char *what)
{
    findings_add(l->r->faults, place_of(l, key), what, STR_ARG(member(l, key)));
    return false;
}

static bool read_action(const Line *l, GoldenCase *c)
{
    Str name = member(l, "action");
    c->has_action = name.len > 0;
    for (int i = 0; c->has_action && i < ACTION_COUNT; i++) {
        if (str_eq(name, i == ACTION_NONE ? STR("allow") : action_name((Action)i))) {
            c->action = (Action)i;
            return true;
        }
    }
    return !c->has_action || fault(l, "action", "no action is called '" STR_FMT "'");
}

static bool read_case(const Line *l, GoldenCase *c)
{
    const PolicyFolder *f = l->r->folder;
    *c = (GoldenCase){
        .text = member(l, "text"),
        .clause = member(l, "clause"),
        .locale = member(l, "locale"),
        .severity = member(l, "severity"),
        .known = member(l, "known"),
        .at = {l->file, l->number, 1}
    };
    c->clause_at = place_of(l, "clause");
    c->locale_at = place_of(l, "locale");
    c->severity_at = place_of(l, "severity");
    if (!js_get(l->object, STR("text")))
        return fault(l, "text", "a golden case needs 'text'" STR_FMT);
    if (!policy_find(f->policy, member(l, "category"), &c->category))
        return fault(l, "category", "the policy has no category '" STR_FMT "'");
    if (!expect_parse(member(l, "expect"), &c->expect))
        return fault(l, "expect", "'expect' is yes, no or unsure, not '" STR_FMT "'");
    if (c->clause.len == 0)
        return fault(l, "clause", "a golden case cites a 'clause'" STR_FMT);
    c->has_time = member(l, "at").len > 0;
    if (c->has_time && !date_parse(member(l, "at"), &c->at_ms))
        return fault(l, "at", "'" STR_FMT "' is no date");
    return read_action(l, c);
}

void folder_read_golden(FolderReader *r, const BundleFile *f)
{
    PolicyFolder *out = r->folder;
    Str rest = f->text;
    Line l = {.r = r, .file = f->path};
    while (str_cut(&rest, '\n', &l.text)) {
        Err err = {0};
        Place at = {f->path, ++l.number, 1};
        if (str_trim(l.text).len == 0)
            continue;
        if (!js_parse(r->arena, l.text, &l.object, &err) || l.object->type != JS_OBJECT) {
            findings_add(r->faults, at, "the line is no JSON object: %s", err.msg);
            continue;
        }
        if (out->golden_count == FOLDER_MAX_CASES) {
            findings_add(r->faults, at, "more than %d golden cases", FOLDER_MAX_CASES);
            return;
        }
        if (known_members(&l) && read_case(&l, &out->golden[out->golden_count]))
            out->golden_count++;
    }
}
