/* rules_match.c - what of a book stands in a text, and what of that is lifted.
 *
 * One pass of the automaton over each view finds words, addresses and the literals that
 * expressions need; where the views are the same but for case, as they mostly are, one
 * pass does for both.  Only expressions whose literal was seen are run, and those that need
 * none.  The digest is taken only where the book has digests.
 *
 * Three numbers bound the work, all from the length of the text: occurrences that are looked
 * at, steps of expressions, hits that are kept.  Past one of them the answer says `capped`.
 * It still has each rule that was seen, but lifts no span: somebody could have filled it
 * with what is lifted to hide what is not.
 */
#include "policy/rules_internal.h"

#include "text/utf8.h"
#include "text/words.h"

#include <stdlib.h>

enum {
    SEEN_PER_BYTE = 16, /* occurrences; usual texts have less than one */
    SEEN_LEAST = 4096,
    STEPS_PER_BYTE = 256,
    STEPS_LEAST = 1 << 18,
    MATCHES_MAX = 16, /* of one expression in a text */
};

typedef struct Scan {
    const RuleBook *book;
    const RuleContext *at; /* NULL: all rules hold */
    Arena *arena;
    Str original, text;     /* text: the view that is searched */
    const uint32_t *origin; /* of its bytes; NULL: itself */
    RuleView view;
    RuleHit *hit;
    size_t hits;
    uint8_t *has;    /* rules that have a hit */
    uint8_t *chosen; /* expressions, a bit of each */
    uint32_t *queue; /* those */
    size_t queued;
    uint64_t seen, steps; /* that are left */
    bool capped;
} Scan;

static bool is_of(Str rule, Str asked)
{
    if (!rule.len || str_eq(rule, asked))
        return true;
    return str_starts(asked, rule) && asked.ptr[rule.len] == '-';
}

static bool holds(const Scan *s, const Rule *r)
{
    return !s->at || (s->at->now_ms < r->expires_ms && is_of(r->locale, s->at->locale));
}

/* ---- places --------------------------------------------------------------------------------
 */

/* Scripts that put no spaces between words: there every place may be a bound. */
static bool is_spaceless(uint32_t c)
{
    return (c >= 0x0e00 && c <= 0x0eff) || (c >= 0x1000 && c <= 0x11ff) ||
           (c >= 0x1780 && c <= 0x17ff) || (c >= 0x3040 && c <= 0x30ff) ||
           (c >= 0x3400 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7af) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

static size_t before(Str s, size_t at)
{
    while (at > 0 && ((uint8_t)s.ptr[--at] & 0xc0) == 0x80)
        ;
    return at;
}

/* Does no word go on across `at`? */
static bool is_bound(Str s, size_t at)
{
    size_t bytes;
    if (at == 0 || at >= s.len)
        return true;
    uint32_t left = utf8_decode(s, before(s, at), &bytes), right = utf8_decode(s, at, &bytes);
    return !is_word_character(left) || !is_word_character(right) || is_spaceless(left) ||
           is_spaceless(right);
}

static bool is_host_byte(char c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || is_ascii_digit(c) || c == '-' || c == '_' ||
           (uint8_t)c >= 0x80;
}

/* A host, or one below it, and no longer one: not myshop.example, not shop.example.org. */
static bool is_url(Str s, size_t from, size_t to)
{
    if (from > 0 && is_host_byte(s.ptr[from - 1]))
        return false;
    if (to >= s.len)
        return true;
    if (s.ptr[to] == '.' && !memchr(s.ptr + from, '/', to - from))
        return to + 1 >= s.len || !is_host_byte(s.ptr[to + 1]);
    return !is_host_byte(s.ptr[to]);
}

/* ---- hits
 * ------------------------------------------------------------------------------------ */

/* Bytes of the original that the view's bytes come from; those of a reversed word go back. */
static void place(const Scan *s, size_t from, size_t to, RuleHit *out)
{
    out->from = from;
    out->to = to;
    if (!s->origin)
        return;
    size_t first = s->original.len, last = 0;
    for (size_t i = from; i < to; i++) {
        first = s->origin[i] < first ? s->origin[i] : first;
        last = s->origin[i] > last ? s->origin[i] : last;
    }
    do
        last++;
    while (last < s->original.len && ((uint8_t)s->original.ptr[last] & 0xc0) == 0x80);
    out->from = first;
    out->to = last;
}

static void add_hit(Scan *s, uint32_t pattern, size_t from, size_t to)
{
    uint32_t rule = s->book->pattern[pattern].rule;
    if (!holds(s, &s->book->rule[rule]))
        return;
    if (s->hits >= RULES_MAX_HITS) {
        s->capped = true;
        if (s->has[rule])
            return;
    }
    s->has[rule] = 1;
    RuleHit *h = &s->hit[s->hits++];
    *h = (RuleHit){.rule = rule, .pattern = pattern, .view = s->view, .lifted_by = -1};
    place(s, from, to, h);
}

static void choose(Scan *s, uint32_t expression)
{
    uint8_t *byte = &s->chosen[expression / 8], bit = (uint8_t)(1 << expression % 8);
    if (*byte & bit)
        return;
    *byte |= bit;
    s->queue[s->queued++] = expression;
}

static bool found(void *context, uint32_t literal, size_t end)
{
    Scan *s = context;
    const RuleEntry *e = &s->book->entry[literal];
    if (s->seen-- == 0) {
        s->seen = 0;
        s->capped = true;
        return false;
    }
    if (!(e->view & s->view))
        return true;
    size_t from = end - e->bytes;
    const RulePattern *p = &s->book->pattern[e->kind == ENTRY_NEED ? 0 : e->target];
    switch (e->kind) {
    case ENTRY_NEED:
        choose(s, e->target);
        break;
    case ENTRY_EXACT:
        if (memcmp(s->text.ptr + from, p->text.ptr, e->bytes) == 0 && is_bound(s->text, from) &&
            is_bound(s->text, end))
            add_hit(s, e->target, from, end);
        break;
    case ENTRY_PHRASE:
        if (is_bound(s->text, from) && is_bound(s->text, end))
            add_hit(s, e->target, from, end);
        break;
    case ENTRY_URL:
        if (is_url(s->text, from, end))
            add_hit(s, e->target, from, end);
        break;
    }
    return true;
}

static void run_expression(Scan *s, const RuleExpression *x)
{
    size_t from = 0, start, end;
    if (!(x->view & s->view) || !holds(s, &s->book->rule[s->book->pattern[x->pattern].rule]))
        return;
    for (int i = 0; i < MATCHES_MAX; i++) {
        if (!regex_find(x->regex, s->arena, s->text, from, &s->steps, &start, &end))
            break;
        add_hit(s, x->pattern, start, end);
        uint64_t placing = end - start;
        s->steps -= placing < s->steps ? placing : s->steps;
        from = end;
    }
    s->capped |= s->steps == 0;
}

static void scan_view(Scan *s, Str text, const uint32_t *origin, RuleView view)
{
    const RuleBook *b = s->book;
    s->text = text;
    s->origin = origin;
    s->view = view;
    s->queued = 0;
    if (b->expressions)
        memset(s->chosen, 0, (b->expressions + 7) / 8);
    literals_find(b->literals, text, found, s);
    for (size_t i = 0; i < b->eager; i++)
        run_expression(s, &b->expression[i]);
    for (size_t i = 0; i < s->queued; i++)
        run_expression(s, &b->expression[s->queue[i]]);
}

static void find_hash(Scan *s, Str folded)
{
    Digest d = digest_of(folded);
    size_t low = 0, high = s->book->hashes;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (memcmp(&s->book->hash[middle].digest, &d, sizeof d) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    s->text = s->original;
    s->origin = NULL;
    s->view = RULE_VIEW_FOLDED;
    for (; low < s->book->hashes && digest_eq(&s->book->hash[low].digest, &d); low++)
        add_hit(s, s->book->hash[low].pattern, 0, s->original.len);
}

/* The same bytes but for ASCII case: then the views are one. */
static bool is_same(Str x, Str y)
{
    if (x.len != y.len)
        return false;
    for (size_t i = 0; i < x.len; i++) {
        char c = x.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? (c | 0x20) : c) != y.ptr[i])
            return false;
    }
    return true;
}

/* ---- the answer
 * -------------------------------------------------------------------------------- */

static int by_rule(const void *x, const void *y)
{
    const RuleHit *p = x, *q = y;
    if (p->rule != q->rule)
        return p->rule < q->rule ? -1 : 1;
    if (p->from != q->from)
        return p->from < q->from ? -1 : 1;
    if (p->to != q->to)
        return p->to < q->to ? -1 : 1;
    if (p->pattern != q->pattern)
        return p->pattern < q->pattern ? -1 : 1;
    return (p->view > q->view) - (p->view < q->view);
}

/* Sorted, and what both views or two patterns of a rule have found in one place, once. */
static size_t tidy(RuleHit *hit, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(hit, count, sizeof *hit, by_rule);
    for (size_t i = 0; i < count; i++) {
        RuleHit *last = kept ? &hit[kept - 1] : NULL;
        if (last && last->rule == hit[i].rule && last->from == hit[i].from &&
            last->to == hit[i].to)
            last->view |= hit[i].view;
        else
            hit[kept++] = hit[i];
    }
    return kept;
}

void rules_scan(const RuleBook *b, Arena *a, Str original, const Folded *folded,
                const RuleContext *at, RuleHits *out)
{
    *out = (RuleHits){.lifted_by = -1};
    if (!b->rules)
        return;
    RuleHit *hit = arena_raw(a, RuleHit, RULES_MAX_HITS + b->rules);
    ArenaMark mark = arena_mark(a);
    Scan s = {
        .book = b,
        .at = at,
        .arena = a,
        .original = original,
        .hit = hit,
        .has = arena_array(a, uint8_t, b->rules),
        .chosen = arena_array(a, uint8_t, b->expressions / 8 + 1),
        .queue = arena_raw(a, uint32_t, b->expressions + 1),
        .seen = SEEN_LEAST + SEEN_PER_BYTE * (uint64_t)original.len,
        .steps = STEPS_LEAST + STEPS_PER_BYTE * (uint64_t)original.len,
    };
    if (is_same(original, folded->text)) {
        scan_view(&s, original, NULL, RULE_VIEW_BOTH);
    } else {
        scan_view(&s, original, NULL, RULE_VIEW_ORIGINAL);
        scan_view(&s, folded->text, folded->origin, RULE_VIEW_FOLDED);
    }
    if (b->hashes)
        find_hash(&s, folded->text);
    arena_rewind(a, mark);
    *out =
        (RuleHits){.hit = hit, .count = tidy(hit, s.hits), .lifted_by = -1, .capped = s.capped};
}

static bool lifts(const Rule *allow, const Rule *rule, uint32_t index)
{
    if (rule->allow)
        return false;
    if (rule->category >= 0 && allow->lifts_category >> rule->category & 1)
        return true;
    for (size_t i = 0; i < allow->lifts_rules; i++)
        if (allow->lifts_rule[i] == (int)index)
            return true;
    return false;
}

static void lift_by(const RuleBook *b, const RuleHit *by, RuleHits *out)
{
    const Rule *allow = &b->rule[by->rule];
    if (!allow->whole_text && out->capped)
        return;
    if (allow->whole_text && allow->lifts_category) {
        out->lifted |= allow->lifts_category;
        out->lifted_by = (int)by->rule;
    }
    for (size_t i = 0; i < out->count; i++) {
        RuleHit *h = &out->hit[i];
        bool within = allow->whole_text || (by->from <= h->from && h->to <= by->to);
        if (within && h->lifted_by < 0 && lifts(allow, &b->rule[h->rule], h->rule))
            h->lifted_by = (int)by->rule;
    }
}

void rules_match(const RuleBook *b, Arena *a, Str original, const Folded *folded,
                 const RuleContext *at, RuleHits *out)
{
    rules_scan(b, a, original, folded, at, out);
    for (size_t i = 0; i < out->count; i++) {
        const Rule *r = &b->rule[out->hit[i].rule];
        if (r->allow && !r->dry_run)
            lift_by(b, &out->hit[i], out);
    }
}

bool rule_hit_stands(const RuleBook *b, const RuleHit *h)
{
    const Rule *r = &b->rule[h->rule];
    return !r->allow && !r->dry_run && h->lifted_by < 0;
}
