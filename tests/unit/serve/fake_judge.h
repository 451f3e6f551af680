/* fake_judge.h - a judge whose answers a test can foresee: scores follow from a hash of the
 * text, "flag" in it flags, and three words fail in three ways. */
#ifndef FAKE_JUDGE_H
#define FAKE_JUDGE_H

#include "base/hash.h"
#include "serve/serve.h"

static inline double fake_score(Str text, Category c)
{
    return (double)(hash64(text, (uint64_t)c) >> 11) / 9007199254740992.0;
}

static inline bool fake_judge(void *ctx, Arena *a, const Input *in, Verdict *out, Err *err)
{
    (void)ctx;
    arena_array(a, char, 1000); /* what a judge leaves behind is given back for it */
    Verdict v = {0};
    for (size_t i = 0; i < in->count; i++) {
        Str t = in->text[i];
        if (str_eq(t, STR("fail limit")))
            return err_set(err, ERR_LIMIT, "the text is too long for the judge");
        if (str_eq(t, STR("fail input")))
            return err_set(err, ERR_INPUT, "the text is not UTF-8");
        if (str_eq(t, STR("fail corrupt")))
            return err_set(err, ERR_CORRUPT, "/secret/path is damaged");
        for (Category c = 0; c < CATEGORY_COUNT; c++) {
            double s = fake_score(t, c);
            v.score[c] = s > v.score[c] ? s : v.score[c];
            v.applies_text[c] = true;
        }
        if (memmem(t.ptr, t.len, "flag", 4))
            v.flagged = v.category[CATEGORY_HATE] = true;
        if (str_eq(t, STR("fail score")))
            v.score[CATEGORY_HATE] = 0.0 / 0.0;
    }
    *out = v;
    return true;
}

#endif
