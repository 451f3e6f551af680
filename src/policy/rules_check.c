/* rules_check.c - patterns that would hit everybody.
 *
 * A pattern that matches more than one in a hundred of a benign sample says nothing of
 * harm, whatever its author meant; nor does a rule whose patterns do so together.  Allow rules
 * that lift spans only are let be: the wider such a span, the less it hides by itself.
 */
#include "base/embedded.h"
#include "policy/rules_internal.h"
#include "text/utf8.h"

enum { ONE_IN = 100, SAMPLE_LEAST = 100 /* texts: fewer show no share of one in a hundred */ };

void rules_benign(Arena *a, const Bundle *b, const Str **out, size_t *count)
{
    const BundleFile *own = bundle_file(b, STR("benign.txt"));
    Str text = own ? own->text : str_of(embedded_benign[0].text), rest = text, line;
    size_t most = 0, n = 0;
    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == '\n';
    Str *lines = arena_array(a, Str, most + 1);
    while (str_cut(&rest, '\n', &line))
        if (line = str_trim(line), line.len)
            lines[n++] = line;
    *out = lines;
    *count = n;
}

typedef struct Counts {
    uint32_t *pattern, *rule; /* benign texts that it matches */
    uint32_t *pattern_last, *rule_last;
} Counts;

static void count(const RuleBook *b, const RuleHits *hits, uint32_t text, Counts *c)
{
    for (size_t i = 0; i < hits->count; i++) {
        uint32_t p = hits->hit[i].pattern, r = b->pattern[p].rule;
        c->pattern[p] += c->pattern_last[p] != text;
        c->rule[r] += c->rule_last[r] != text;
        c->pattern_last[p] = c->rule_last[r] = text;
    }
}

bool rules_check_breadth(RulesReader *r, const RuleBook *b, Err *err)
{
    const RulesSource *from = r->from;
    if (from->benigns < SAMPLE_LEAST || !b->rules)
        return true;
    ArenaMark mark = arena_mark(r->scratch);
    Counts c = {
        .pattern = arena_array(r->scratch, uint32_t, b->patterns),
        .rule = arena_array(r->scratch, uint32_t, b->rules),
        .pattern_last = arena_array(r->scratch, uint32_t, b->patterns),
        .rule_last = arena_array(r->scratch, uint32_t, b->rules),
    };
    for (size_t i = 0; i < from->benigns; i++) {
        ArenaMark one = arena_mark(r->scratch);
        Folded f;
        RuleHits hits;
        if (!utf8_valid(from->benign[i], NULL) ||
            !normalise(r->scratch, from->benign[i], &f, err))
            return err_set(err, ERR_INPUT, "text %zu of the benign sample is not one", i + 1);
        rules_scan(b, r->scratch, from->benign[i], &f, NULL, &hits);
        count(b, &hits, (uint32_t)i + 1, &c);
        arena_rewind(r->scratch, one);
    }
    size_t most = from->benigns / ONE_IN;
    for (size_t i = 0; i < b->patterns; i++) {
        const Rule *rule = &b->rule[b->pattern[i].rule];
        if (c.pattern[i] > most && (!rule->allow || rule->whole_text))
            rules_refuse(r, b->pattern[i].file, b->pattern[i].line,
                         "too broad: the pattern matches %u of %zu benign texts", c.pattern[i],
                         from->benigns);
    }
    for (size_t i = 0; i < b->rules; i++) {
        const Rule *rule = &b->rule[i];
        if (c.rule[i] > most && (!rule->allow || rule->whole_text))
            rules_refuse(r, rule->file, rule->line,
                         "too broad: '" STR_FMT "' matches %u of %zu benign texts",
                         STR_ARG(rule->id), c.rule[i], from->benigns);
    }
    arena_rewind(r->scratch, mark);
    return true;
}
