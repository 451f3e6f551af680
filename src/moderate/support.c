#include "moderate/support.h"

#include <math.h>

static void lint_wish(const Promise *made, double wanted, const char *what, Place at, Str name,
                      Findings *out)
{
    if (isnan(wanted) || (!isnan(made->bound) && made->holds))
        return;
    findings_add(out, at, "the calibration does not show that '" STR_FMT "' keeps its %s of %g",
                 STR_ARG(name), what, wanted);
}

static void lint_category(const Release *r, const PolicyCategory *c, const PolicyNode *shipped,
                          Findings *out)
{
    const CalibrationMap *m = &release_calibration(r)->map[c->key];
    Place at = {STR("policy.yaml"), c->line, c->column};
    Place threshold = {STR("policy.yaml"), c->threshold_line, c->threshold_column};
    if (!policy_same_score(&c->score, shipped))
        findings_add(out, (Place){STR("policy.yaml"), c->score.line, c->score.column},
                     "the release calibrates another composition of '" STR_FMT "'",
                     STR_ARG(c->name));
    if (!isnan(c->threshold) && m->kind == CALIBRATION_FIXED)
        findings_add(out, threshold,
                     "the release has too few positives of '" STR_FMT "' (%lld) to say what a "
                     "score of %g means",
                     STR_ARG(c->name), (long long)m->positives, c->threshold);
    if (!isnan(c->threshold) && c->threshold > calibration_apply(m, 1))
        findings_add(out, threshold, "no calibrated score of '" STR_FMT "' reaches %g",
                     STR_ARG(c->name), c->threshold);
    lint_wish(&m->note.precision, c->precision, "precision", at, c->name, out);
    lint_wish(&m->note.false_positives, c->false_positives, "false positives", at, c->name,
              out);
}

void support_lint(const Release *r, const Policy *p, Findings *out)
{
    const Policy *shipped = release_policy(r);
    for (int i = 0; i < policy_count(p); i++) {
        const PolicyCategory *c = policy_category(p, i);
        int twin;
        if (c->key != CATEGORY_COUNT && policy_find(shipped, c->name, &twin))
            lint_category(r, c, &policy_category(shipped, twin)->score, out);
    }
}
