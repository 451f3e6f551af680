#include "data/selection.h"

#include "data/exclusion.h"
#include "data/label_sets.h"

#include <assert.h>

#define SCRATCH ((size_t)4 << 30) /* address space: one text's folding at a time */

/* Fingerprints the texts and keeps those that are not excluded; what is kept moves up. */
static bool keep(Arena *a, LabelledTexts *t, Fingerprint *f, const Exclusion *x,
                 const Progress *p, SelectionReport *report, Err *err)
{
    Arena *scratch = arena_open(SCRATCH);
    size_t kept = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < t->count; i++) {
        if (i % 1024 == 0)
            progress_tick(p, "texts compared with excluded ones", i, t->count, NULL);
        ok = (!stop_requested() || stop_err(err)) &&
             fingerprint_read(a, scratch, t->text[i].text, &f[kept], err);
        if (!ok || exclusion_has(x, &t->text[i].digest, &f[kept], report->exclusion))
            continue;
        t->text[kept++] = t->text[i];
    }
    arena_close(scratch);
    report->excluded = t->count - kept;
    t->count = kept;
    return ok;
}

/* What the split has to know.  Where sources fix different sides for one text, the
 * strongest holds: the order of Split is the order of strength. */
static void draw_sides(Arena *a, const LabelledTexts *t, const uint32_t *cluster,
                       const SnapshotOptions *o, Split *side, SplitReport *report)
{
    size_t sets = 0, n = 0;
    for (size_t i = 0; i < t->count; i++)
        sets += t->text[i].set_count;
    SplitMember *m = arena_array(a, SplitMember, t->count);
    SplitGroup *g = arena_array(a, SplitGroup, sets);
    for (size_t i = 0; i < t->count; i++) {
        m[i] = (SplitMember){t->text[i].digest, cluster[i], SPLIT_COUNT};
        for (size_t k = 0; k < t->text[i].set_count; k++) {
            const LabelSet *s = &t->text[i].set[k];
            if (s->group_number)
                g[n++] = (SplitGroup){(uint32_t)i, s->group_number};
            if (s->split != SPLIT_COUNT && (m[i].fixed == SPLIT_COUNT || s->split > m[i].fixed))
                m[i].fixed = s->split;
        }
    }
    const SplitInput in = {m, t->count, g, n, t->groups};
    const SplitShares shares = {o->seed, o->calibrate_share, o->test_share};
    split_assign(a, &in, &shares, side, report);
}

/* Both know a value and it is not the same. */
static bool differ(const float *x, const float *y, int n)
{
    for (int i = 0; i < n; i++)
        if (label_known(x[i]) && label_known(y[i]) && x[i] != y[i])
            return true;
    return false;
}

static bool in_conflict(const LabelledText *t)
{
    for (size_t i = 0; i < t->set_count; i++)
        for (size_t k = 0; k < i; k++)
            if (differ(t->set[i].labels.factor, t->set[k].labels.factor, FACTOR_COUNT) ||
                differ(t->set[i].labels.category, t->set[k].labels.category, CATEGORY_COUNT))
                return true;
    return false;
}

/* The set that a row is named after: the heaviest that is no overlay. */
static const LabelSet *main_set(const LabelledText *t)
{
    const LabelSet *best = NULL;
    for (size_t k = 0; k < t->set_count; k++)
        if (!t->set[k].overlay && (!best || t->set[k].weight > best->weight))
            best = &t->set[k];
    assert(best);
    return best;
}

static bool is_overlaid(const LabelledText *t)
{
    for (size_t k = 0; k < t->set_count; k++)
        if (t->set[k].overlay)
            return true;
    return false;
}

static void merge(Arena *a, const LabelledText *t, Row *row)
{
    ArenaMark mark = arena_mark(a);
    LabelVoice *voice = arena_array(a, LabelVoice, t->set_count);
    const LabelSet *named = main_set(t);
    LabelOrigin highest = LABEL_ORIGIN_IMPORT;
    for (size_t k = 0; k < t->set_count; k++) {
        const LabelSet *s = &t->set[k];
        voice[k] = (LabelVoice){&s->labels, s->origin, s->weight};
        highest = s->origin > highest ? s->origin : highest;
    }
    float weight = labels_merge(voice, t->set_count, &row->labels);
    arena_rewind(a, mark);
    row->text = t->text;
    row->language = t->language;
    row->digest = t->digest;
    row->source = named->source;
    if (is_overlaid(t))
        row->source = str_print(a, OVERLAID STR_FMT, STR_ARG(named->source));
    row->group = named->group;
    row->origin = highest;
    row->weight = weight > 0 ? weight : named->weight; /* 0: nothing is known of it */
}

/* A name for a cluster that is the same in every snapshot whose cluster has the same
 * smallest text.  63 bits: databases count with a sign. */
static uint64_t cluster_name(const Digest *smallest)
{
    uint64_t name = 0;
    for (int i = 0; i < 8; i++)
        name = name << 8 | smallest->byte[i];
    return name >> 1;
}

static void fill(Arena *a, const LabelledTexts *t, const uint32_t *cluster, const Split *side,
                 Selection *out)
{
    size_t n = 0;
    bool *seen = arena_array(a, bool, t->count);
    out->rows.row = arena_array(a, Row, t->count);
    out->sample = arena_array(a, int64_t, t->count);
    for (size_t i = 0; i < t->count; i++) {
        if (side[i] == SPLIT_COUNT)
            continue;
        Row *row = &out->rows.row[n];
        merge(a, &t->text[i], row);
        row->split = side[i];
        row->cluster = cluster_name(&t->text[cluster[i]].digest);
        out->report.clusters += !seen[cluster[i]];
        seen[cluster[i]] = true;
        out->report.overlaid += is_overlaid(&t->text[i]);
        out->report.conflicts += in_conflict(&t->text[i]);
        out->sample[n++] = t->text[i].id;
    }
    out->rows.count = n;
}

bool selection_make(Store *db, Arena *a, const SnapshotOptions *o, const Progress *p,
                    Selection *out, Err *err)
{
    Selection s = {0};
    LabelledTexts t;
    const LabelSetsWanted wanted = {o->source, o->source_count, o->no_overlays};
    const Exclusion *x = NULL;
    Suspects *suspects = NULL;
    s.report.exclusion_count = (size_t)o->exclude_count;
    s.report.exclusion = arena_array(a, SelectionExclusion, s.report.exclusion_count);
    if (!suspects_load(a, o->suspects, o->suspects_count, o->max_line_bytes, &suspects, err) ||
        !exclusion_load(a, o, p, s.report.exclusion, &x, err) ||
        !label_sets_load(db, a, &wanted, p, &t, err))
        return false;
    s.report.samples = t.count;
    s.report.orphans = t.orphans;
    Fingerprint *f = arena_array(a, Fingerprint, t.count);
    uint32_t *cluster = arena_array(a, uint32_t, t.count);
    Split *side = arena_array(a, Split, t.count);
    if (!keep(a, &t, f, x, p, &s.report, err) ||
        !fingerprints_cluster(a, f, t.count, p, cluster, err))
        return false;
    draw_sides(a, &t, cluster, o, side, &s.report.split);
    fill(a, &t, cluster, side, &s);
    suspects_apply(suspects, &s.rows, &s.report.suspects);
    *out = s;
    return true;
}
