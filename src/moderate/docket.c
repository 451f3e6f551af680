/* docket.c - see the header for the order of work.
 *
 * Windows differ in length, but nothing is padded: the encoder takes a ragged batch, in which
 * every matrix product runs over real pieces only and attention stays inside a window.  So
 * there are no classes of length to wait for, and any windows make a good step.
 *
 * Choosing is a walk over the open cases for each window: there are a few dozen at most, and
 * a window costs a thousand times that.
 */
#include "moderate/docket.h"

#include <assert.h>

enum { OLDEST_EVERY = 4, STEP_WINDOWS_MAX = 256 };

struct Case {
    Hearing *hearing; /* of each input */
    size_t count;
    size_t windows, given;  /* to read, and given to the encoder so far */
    size_t input, text, at; /* where the next window is */
    uint64_t number;        /* of its arrival */
    uint64_t step;          /* that it was last part of */
};

struct Docket {
    const Release *release;
    DocketLimits limits;
    Case **open; /* in no order */
    int count;
    uint64_t cases, steps;
};

Docket *docket_new(Arena *a, const Release *r, const DocketLimits *limits)
{
    assert(limits->max_cases > 0);
    Docket *d = arena_new(a, Docket);
    d->release = r;
    d->limits = *limits;
    d->open = arena_array(a, Case *, (size_t)limits->max_cases);
    return d;
}

bool docket_open(Docket *d, Arena *a, Arena *scratch, const Input *in, size_t count, Case **out,
                 Err *err)
{
    assert(d->count < d->limits.max_cases);
    Case *c = arena_new(a, Case);
    c->hearing = arena_array(a, Hearing, count);
    c->count = count;
    for (size_t i = 0; i < count; i++) {
        if (!moderate_begin(d->release, &d->limits.text, a, scratch, &in[i], &c->hearing[i],
                            err))
            return false;
        c->windows += c->hearing[i].windows;
    }
    c->number = d->cases++;
    d->open[d->count++] = c;
    *out = c;
    return true;
}

bool case_is_ready(const Case *c) { return c->given == c->windows; }

static void take_out(Docket *d, const Case *c)
{
    int i = 0;
    while (i < d->count && d->open[i] != c)
        i++;
    assert(i < d->count);
    d->open[i] = d->open[--d->count];
}

void docket_drop(Docket *d, Case *c) { take_out(d, c); }

void docket_close(Docket *d, Case *c, Verdict *out)
{
    assert(case_is_ready(c));
    take_out(d, c);
    for (size_t i = 0; i < c->count; i++)
        moderate_end(d->release, &c->hearing[i], &out[i]);
}

/* The case's next window. */
static void give_window(const Docket *d, Case *c, NetworkWindow *out)
{
    for (;;) {
        const Hearing *h = &c->hearing[c->input];
        if (c->text == h->count) {
            c->input++;
            c->text = c->at = 0;
        } else if (c->at == score_windows(&h->run[c->text])) {
            c->text++;
            c->at = 0;
        } else {
            score_window(d->release, &h->run[c->text], c->at++, out);
            c->given++;
            return;
        }
    }
}

static Case *next_case(const Docket *d, bool oldest)
{
    Case *best = NULL;
    for (int i = 0; i < d->count; i++) {
        Case *c = d->open[i];
        if (case_is_ready(c))
            continue;
        bool fewer = best && !oldest && c->given < best->given;
        bool even = best && (oldest || c->given == best->given);
        if (!best || fewer || (even && c->number < best->number))
            best = c;
    }
    return best;
}

bool docket_step(Docket *d, Arena *scratch, DocketStep *out)
{
    NetworkWindow window[STEP_WINDOWS_MAX];
    DocketStep step = {0};
    uint64_t number = ++d->steps;
    while (step.windows < STEP_WINDOWS_MAX && step.pieces < d->limits.step_pieces) {
        Case *c = next_case(d, step.windows == 0 && number % OLDEST_EVERY == 0);
        if (!c)
            break;
        give_window(d, c, &window[step.windows]);
        step.pieces += (size_t)window[step.windows++].count;
        step.cases += c->step != number;
        c->step = number;
    }
    if (step.windows == 0)
        return false;
    Network network = score_network(d->release);
    network_batch(&network, scratch, window, step.windows);
    *out = step;
    return true;
}
