#include "cli/judge.h"

#include "base/clock.h"
#include "base/thread.h"

#include <stdlib.h>

enum { THREADS_MAX = 64, SEED = 1 };

bool judge_open(Cli *cli, Release **out, Err *err)
{
    return judge_open_ref(cli, cli_text(cli, "release", cli->config.release), out, err);
}

bool judge_open_ref(Cli *cli, const char *ref, Release **out, Err *err)
{
    const Kernels *kernels;
    Str path;
    return kernels_find(str_of(cli->config.kernels), &kernels, err) &&
           release_find(cli->arena, RELEASES_DIR, str_of(ref), &path, err) &&
           release_open(str_z(cli->arena, path), kernels, out, err);
}

Limits judge_limits(const Cli *cli)
{
    return (Limits){.max_text_bytes = (size_t)cli->config.max_text_bytes,
                    .max_pieces = (size_t)cli->config.max_pieces};
}

int judge_threads(const Cli *cli)
{
    int threads = cli->config.workers ? (int)cli->config.workers : thread_processors();
    return threads > THREADS_MAX ? THREADS_MAX : threads;
}

typedef struct Bench {
    const Release *release;
    Limits limits;
} Bench;

static bool judge_text(void *ctx, Arena *a, Str text, Judged *out, Err *err)
{
    const Bench *b = ctx;
    Verdict v;
    if (!moderate(b->release, &b->limits, a, &(Input){.text = &text, .count = 1}, &v, err))
        return false;
    memcpy(out->score, v.score, sizeof out->score);
    memcpy(out->factor, v.factor, sizeof out->factor);
    return true;
}

bool judge_rows(Cli *cli, const Release *r, const Rows *rows, Judged **out, Err *err)
{
    Bench bench = {r, judge_limits(cli)};
    Judge judge = {judge_text, &bench, judge_threads(cli), &cli->progress};
    return evaluate_judge(cli->arena, rows, &judge, out, err);
}

void judge_thresholds(const Release *r, double threshold[CATEGORY_COUNT])
{
    double shipped[CATEGORY_COUNT];
    for (int c = 0; c < CATEGORY_COUNT; c++)
        shipped[c] = release_threshold(r, (Category)c);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        threshold[c] = decide_threshold(release_policy(r), (Category)c, shipped);
}

bool judge_fairness(Cli *cli, const Release *r, const char *path, Fairness *out, Err *err)
{
    const Identities *set;
    Judged *judged;
    double threshold[CATEGORY_COUNT];
    if (!identities_load(cli->arena, path, &set, err) ||
        !judge_rows(cli, r, &set->rows, &judged, err))
        return false;
    judge_thresholds(r, threshold);
    fairness_measure(cli->arena, set, judged, threshold, SEED, out);
    return true;
}

bool judge_created(int64_t *ms, Err *err)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    int64_t at = clock_wall_ms();
    if (epoch && (!str_to_i64(str_of(epoch), &at) || at < 0 || at > INT64_C(1) << 40))
        return err_set(err, ERR_USAGE, "SOURCE_DATE_EPOCH wants seconds since 1970");
    *ms = epoch ? at * 1000 : at;
    return true;
}
