/* judge.h - what commands that give verdicts share: the release and kernels to judge with,
 * and the one way to judge many texts with them. */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include "cli/command.h"
#include "model/fairness.h"
#include "moderate/moderate.h"

/* --release REF of the command, else the setting `release`; names and digests are looked
 * for in releases/.  Lives until the process ends or release_close. */
bool judge_open(Cli *cli, Release **out, Err *err);
bool judge_open_ref(Cli *cli, const char *ref, Release **out, Err *err); /* another one */

#define RELEASES_DIR "releases"

Limits judge_limits(const Cli *cli);
int judge_threads(const Cli *cli); /* the setting `workers`, else the processors; at most 64 */

/* Every row through moderate(), on judge_threads; judged[rows->count] in the command's
 * arena. */
bool judge_rows(Cli *cli, const Release *r, const Rows *rows, Judged **out, Err *err);

/* The thresholds in force: the policy's where it fixes one, else the release's. */
void judge_thresholds(const Release *r, double threshold[CATEGORY_COUNT]);

/* Reads the templates at `path`, judges their sentences, measures. */
#define JUDGE_IDENTITIES "corpus/fairness/templates.yaml"
bool judge_fairness(Cli *cli, const Release *r, const char *path, Fairness *out, Err *err);

/* Now; or SOURCE_DATE_EPOCH (seconds) where it is set, as other builders have it: a release or
 * report that is made twice from the same data should be the same file. */
bool judge_created(int64_t *ms, Err *err);

#endif
