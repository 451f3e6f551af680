/* The first part is a document of rules, the second its list, the third a text, each ended by a
 * NUL: refused with a place and a reason, or a book whose hits lie in the text, by whole
 * characters, and are the same when asked again. */
#include "policy/rules.h"
#include "text/utf8.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char document[] =
    "id: fuzz\nversion: 1\ncategories:\n  harassment: {score: insult}\n"
    "  harassment/threatening: {score: threat}\n  sexual: {score: sexual}\n  hate: {score: "
    "hate}\n"
    "  hate/threatening: {score: hate}\n  illicit: {score: weapon}\n"
    "  illicit/violent: {score: weapon}\n  self-harm/intent: {score: self-harm-intent}\n"
    "  self-harm/instructions: {score: self-harm-instructions}\n"
    "  self-harm: {score: self-harm}\n"
    "  sexual/minors: {score: {all: [sexual, minor-reference]}}\n"
    "  violence: {score: violence}\n  violence/graphic: {score: gore}\n";

static void check_hits(const RuleBook *b, Str text, const RuleHits *h)
{
    for (size_t i = 0; i < h->count; i++) {
        const RuleHit *x = &h->hit[i];
        bool inside = x->from <= x->to && x->to <= text.len && x->rule < rules_count(b) &&
                      x->pattern < rules_patterns(b) && x->lifted_by < (int)rules_count(b);
        if (!inside || ((uint8_t)text.ptr[x->from] & 0xc0) == 0x80 ||
            (x->to < text.len && ((uint8_t)text.ptr[x->to] & 0xc0) == 0x80))
            abort();
    }
}

static void match(Arena *a, const RuleBook *b, Str raw)
{
    Err err = {0};
    Str text;
    Folded f;
    RuleHits one, two;
    RuleContext at = {STR("de-DE"), 1};
    if (!utf8_repair(a, raw, &text, &err) || !text.len || !normalise(a, text, &f, &err))
        return;
    rules_match(b, a, text, &f, &at, &one);
    rules_match(b, a, text, &f, &at, &two);
    if (one.count != two.count || one.capped != two.capped)
        abort();
    check_hits(b, text, &one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open((size_t)64 << 20), *scratch = arena_open((size_t)256 << 20);
    Err err = {0};
    Str rest = {(const char *)data, size < 8192 ? size : 8192}, part[3] = {0};
    for (int i = 0; i < 3 && str_cut(&rest, 0, &part[i]); i++)
        ;
    BundleFile f[] = {
        {STR("rules/a.yaml"),   part[0]},
        {STR("rules/list.txt"), part[1]},
    };
    Bundle bundle;
    RulesReport report;
    const RuleBook *b;
    const Policy *p;
    bundle_of(f, 2, &bundle);
    if (!policy_parse(a, str_of(document), "fuzz", &p, &err))
        abort();
    RulesSource from = {.bundle = &bundle, .policy = p, .name = "fuzz"};
    if (rules_read(a, scratch, &from, &report, &b, &err))
        match(a, b, part[2]);
    else if (!err.msg[0] || (report.refused && !report.count))
        abort();
    arena_close(a);
    arena_close(scratch);
    return 0;
}
