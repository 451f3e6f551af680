/* judge.h - what commands that give verdicts share: the release and kernels to judge with. */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include "cli/command.h"
#include "moderate/moderate.h"

/* --release REF of the command, else the setting `release`; names and digests are looked
 * for in releases/.  Lives until the process ends or release_close. */
bool judge_open(Cli *cli, Release **out, Err *err);

#define RELEASES_DIR "releases"

Limits judge_limits(const Cli *cli);

#endif
