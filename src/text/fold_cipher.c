/* fold_cipher.c - rot13 and words written backwards.
 *
 * Both turn known words into unknown ones, so a run of words is opened when it holds no
 * word that reads as it stands and enough that read when turned.  One short word proves
 * nothing ("saw" backwards is a word as well): a run needs MOST_SURE letters in one known
 * word or ENOUGH letters in several.
 *
 * A run written backwards is turned as a whole, which also puts its words in order; the
 * offsets of its bytes still ascend, so within it they are only near.
 */
#include "text/english.h"
#include "text/fold_internal.h"
#include "text/words.h"

enum { ENOUGH = 6, ENOUGH_REVERSED = 8, MOST_SURE = 7, BETWEEN_MAX = 3 };

typedef enum Sense {
    SENSE_PLAIN,   /* it reads as it stands: ends a run */
    SENSE_UNKNOWN, /* neither way */
    SENSE_SHORT,   /* reads when turned, but proves little */
    SENSE_TURNED   /* reads when turned */
} Sense;

typedef struct WordRun {
    size_t from, to; /* bytes, from the first word that reads when turned to the last */
    size_t letters;  /* of SENSE_TURNED words */
    int words;
} WordRun;

static char rot13(char c)
{
    static const char turned[] = "nopqrstuvwxyzabcdefghijklm";
    return is_ascii_lower(c) ? turned[c - 'a'] : c;
}

static void turn(FoldStep step, Str word, char *out)
{
    for (size_t i = 0; i < word.len; i++)
        out[i] = step == FOLD_ROT13 ? rot13(word.ptr[i]) : word.ptr[word.len - 1 - i];
}

static Sense sense_of(FoldStep step, Str word)
{
    static const double PLAIN = -5.2, BETTER = 1.0, FAR_BETTER = 2.5;
    char turned[FOLD_WORD_MAX];
    if (word.len > sizeof turned || english_known(word))
        return SENSE_PLAIN;
    turn(step, word, turned);
    Str other = {turned, word.len};
    bool known = english_known(other);
    if (word.len < 3)
        return known || (word.len == 1 && (turned[0] == 'a' || turned[0] == 'i'))
                   ? SENSE_SHORT
                   : SENSE_UNKNOWN;
    double score = english_score(word), gain = english_score(other) - score;
    if (known) /* "desserts" is as good a word as "stressed" */
        return gain >= BETTER ? SENSE_TURNED : SENSE_SHORT;
    if (score >= PLAIN)
        return SENSE_PLAIN;
    return step == FOLD_ROT13 && word.len > 4 && gain >= FAR_BETTER && english_plausible(other)
               ? SENSE_SHORT
               : SENSE_UNKNOWN;
}

static bool is_enough(FoldStep step, const WordRun *r)
{
    if (r->words == 1)
        return r->letters >= MOST_SURE;
    return r->words > 1 && r->letters >= (step == FOLD_ROT13 ? ENOUGH : ENOUGH_REVERSED);
}

static void open_run(Fold *f, FoldStep step, const WordRun *r)
{
    if (!is_enough(step, r))
        return;
    uint32_t from = f->origin[r->from], to = f->origin[r->to];
    if (step == FOLD_ROT13) {
        for (size_t i = r->from; i < r->to; i++)
            f->p[i] = rot13(f->p[i]);
    } else {
        for (size_t i = r->from, k = r->to - 1; i < k; i++, k--) {
            char c = f->p[i];
            f->p[i] = f->p[k];
            f->p[k] = c;
        }
    }
    fold_note(f, step, from, to, (Str){f->p + r->from, r->to - r->from});
}

static bool is_plain_between(const Fold *f, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!f->p[i] || !strchr(" ,.!?'-\n", f->p[i]))
            return false;
    return to - from <= BETWEEN_MAX;
}

static void turn_runs(Fold *f, FoldStep step)
{
    WordRun run = {0};
    size_t before = 0;
    for (size_t i = 0; i < f->len;) {
        if (!is_ascii_lower(f->p[i])) {
            i++;
            continue;
        }
        size_t to = i;
        while (to < f->len && is_ascii_lower(f->p[to]))
            to++;
        Sense s = sense_of(step, (Str){f->p + i, to - i});
        if (s == SENSE_PLAIN || !is_plain_between(f, before, i)) {
            open_run(f, step, &run);
            run = (WordRun){0};
        }
        if (s == SENSE_SHORT || s == SENSE_TURNED) {
            if (run.to == 0)
                run.from = i;
            run.to = to;
        }
        if (s == SENSE_TURNED) {
            run.letters += to - i;
            run.words++;
        }
        before = i = to;
    }
    open_run(f, step, &run);
}

/* Letters of words that are unknown as they stand and known when turned; no run can hold more
 * of SENSE_TURNED. */
static size_t could_turn(FoldStep step, Str word)
{
    char turned[FOLD_WORD_MAX];
    turn(step, word, turned);
    return english_known((Str){turned, word.len}) ? word.len : 0;
}

/* False: neither way would find a run.  Both ask for each word whether it is known, and nearly
 * every word of nearly every text is; it is looked up once. */
static bool is_worth_turning(const Fold *f)
{
    size_t rotated = 0, reversed = 0;
    for (size_t i = 0, to; i < f->len; i = to + 1) {
        for (to = i; to < f->len && is_ascii_lower(f->p[to]); to++)
            ;
        Str word = {f->p + i, to - i};
        if (word.len < 3 || word.len > FOLD_WORD_MAX || english_known(word))
            continue;
        rotated += could_turn(FOLD_ROT13, word);
        reversed += could_turn(FOLD_REVERSED, word);
    }
    return rotated >= ENOUGH || reversed >= MOST_SURE;
}

void fold_cipher(Fold *f)
{
    if (!is_worth_turning(f))
        return;
    turn_runs(f, FOLD_ROT13);
    turn_runs(f, FOLD_REVERSED);
}
