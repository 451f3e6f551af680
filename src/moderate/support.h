/* support.h - does a release's calibration bear out what a policy asks of it? */
#ifndef MODERATE_SUPPORT_H
#define MODERATE_SUPPORT_H

#include "model/release.h"
#include "policy/folder.h"

/* Adds a finding for each category of the thirteen that is composed otherwise than the scores
 * were calibrated for, whose threshold stands on a map that nothing was fitted for, or whose
 * wishes the calibration split did not show to hold. */
void support_lint(const Release *r, const Policy *p, Findings *out);

#endif
