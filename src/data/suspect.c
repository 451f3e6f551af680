/* suspect.c - suspects by text: a map from digest to the first of its suspects, each of which
 * knows the next. */
#include "data/suspect.h"

#include "base/js.h"
#include "base/map.h"
#include "data/reader.h"

enum { SUSPECTS_MAX = 1 << 22 };
#define GIVEN_DIFFERS 1e-6f /* both were printed and read back */

static const char *const proposal_names[SUSPECT_PROPOSAL_COUNT] = {
    [SUSPECT_DROP] = "drop",
    [SUSPECT_RELABEL] = "relabel",
};

typedef struct Listed {
    Suspect suspect;
    struct Listed *next; /* of the same text */
} Listed;

struct Suspects {
    Listed **first;
    size_t texts, room;
    Map *by_text; /* to a place in `first` */
    size_t count;
};

void suspect_print(const Suspect *s, Buf *out)
{
    char hex[DIGEST_HEX_SIZE];
    JsWriter w = js_writer(out);
    digest_hex(&s->digest, hex);
    js_object(&w);
    js_key(&w, "sha256"), js_string(&w, str_of(hex));
    js_key(&w, "source"), js_string(&w, s->source);
    js_key(&w, "factor"), js_string(&w, factor_name(s->factor));
    buf_print(out, ",\"given\":%.6g,\"probability\":%.4f,\"margin\":%.4f", (double)s->given,
              (double)s->probability, (double)s->margin);
    js_key(&w, "proposal"), js_string(&w, str_of(proposal_names[s->proposal]));
    js_end_object(&w);
    buf_byte(out, '\n');
}

/* ---- reading --------------------------------------------------------------------------- */

static bool want_share(const Record *r, Str name, double least, float *out, Err *err)
{
    double v;
    if (!record_number(r, name, &v) || !(v >= least && v <= 1))
        return err_set(err, ERR_INPUT, "'" STR_FMT "' wants a number from %g to 1",
                       STR_ARG(name), least);
    *out = (float)v;
    return true;
}

static bool parse(const Record *r, Suspect *out, Err *err)
{
    Suspect s = {.proposal = SUSPECT_PROPOSAL_COUNT};
    Str hex = STR(""), factor = STR(""), proposal = STR("");
    record_text(r, STR("sha256"), &hex);
    record_text(r, STR("factor"), &factor);
    record_text(r, STR("proposal"), &proposal);
    if (!digest_parse(hex, &s.digest))
        return err_set(err, ERR_INPUT, "'sha256' is no SHA-256 of 64 hex digits");
    if (!factor_parse(factor, &s.factor))
        return err_set(err, ERR_INPUT, "no factor is called '" STR_FMT "'", STR_ARG(factor));
    for (int i = 0; i < SUSPECT_PROPOSAL_COUNT; i++)
        if (str_eq(proposal, str_of(proposal_names[i])))
            s.proposal = (SuspectProposal)i;
    if (s.proposal == SUSPECT_PROPOSAL_COUNT)
        return err_set(err, ERR_INPUT, "'proposal' is drop or relabel");
    if (!want_share(r, STR("given"), 0, &s.given, err) ||
        !want_share(r, STR("probability"), 0, &s.probability, err) ||
        !want_share(r, STR("margin"), -1, &s.margin, err))
        return false;
    *out = s;
    return true;
}

static Str key_of(const Digest *d) { return (Str){(const char *)d->byte, sizeof d->byte}; }

static bool add(Arena *a, Suspects *to, const Suspect *s, Err *err)
{
    uint64_t at = to->texts;
    bool known = map_get(to->by_text, key_of(&s->digest), &at);
    for (const Listed *l = known ? to->first[at] : NULL; l; l = l->next)
        if (l->suspect.factor == s->factor)
            return err_set(err, ERR_INPUT, "this label is listed twice");
    if (to->count == SUSPECTS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d suspects", SUSPECTS_MAX);
    if (!known && to->texts == to->room) {
        Listed **more = arena_array(a, Listed *, 2 * to->room);
        memcpy(more, to->first, to->texts * sizeof(Listed *));
        to->first = more;
        to->room *= 2;
    }
    if (!known) {
        map_put(to->by_text, key_of(&s->digest), at);
        to->first[to->texts++] = NULL;
    }
    Listed *l = arena_new(a, Listed);
    *l = (Listed){*s, to->first[at]};
    to->first[at] = l;
    to->count++;
    return true;
}

static bool load_one(Arena *a, const char *path, size_t max_line_bytes, Suspects *to, Err *err)
{
    Reader *reader = NULL;
    const ReaderOptions o = {.format = READER_JSONL, .max_line_bytes = max_line_bytes};
    Record r;
    ReadStep step;
    Suspect s;
    bool ok = reader_open(path, &o, &reader, err);
    while (ok && (step = reader_next(reader, &r, err)) != READ_END)
        ok = step == READ_ROW && ((parse(&r, &s, err) && add(a, to, &s, err)) ||
                                  err_wrap(err, "%s:%zu", r.file, r.line));
    reader_close(reader);
    return ok;
}

bool suspects_load(Arena *a, const char *const *path, int paths, size_t max_line_bytes,
                   Suspects **out, Err *err)
{
    enum { ROOM = 1024 };
    Suspects *s = arena_new(a, Suspects);
    *s = (Suspects){
        .first = arena_array(a, Listed *, ROOM), .room = ROOM, .by_text = map_new(a, ROOM)};
    for (int i = 0; i < paths; i++)
        if (!load_one(a, path[i], max_line_bytes, s, err))
            return false;
    *out = s;
    return true;
}

/* ---- using ----------------------------------------------------------------------------- */

static void apply_one(const Suspect *s, Row *row, SuspectCounts *n)
{
    float *label = &row->labels.factor[s->factor];
    if (row->split != SPLIT_TRAIN) {
        n->held++;
    } else if (!(fabsf(*label - s->given) <= GIVEN_DIFFERS)) { /* unknown too */
        n->outdated++;
    } else if (s->proposal == SUSPECT_DROP) {
        *label = NAN;
        n->dropped++;
    } else {
        *label = (float)(SUSPECT_GIVEN_SHARE * (double)s->given +
                         (1 - SUSPECT_GIVEN_SHARE) * (double)s->probability);
        n->relabelled++;
    }
}

void suspects_apply(const Suspects *s, Rows *rows, SuspectCounts *out)
{
    SuspectCounts n = {.listed = s->count};
    for (size_t i = 0; i < rows->count; i++) {
        uint64_t at = 0;
        if (!map_get(s->by_text, key_of(&rows->row[i].digest), &at))
            continue;
        for (const Listed *l = s->first[at]; l; l = l->next)
            apply_one(&l->suspect, &rows->row[i], &n);
    }
    n.absent = n.listed - n.dropped - n.relabelled - n.held - n.outdated;
    *out = n;
}
