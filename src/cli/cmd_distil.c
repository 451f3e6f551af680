/* cmd_distil.c - from a trained release to one with a student of its encoder.
 *
 * The encoder reads the texts of the training split, labelled or not, in the languages that it
 * reads; the student learns its logits; a new release is written, with the old weights and
 * without bounds: those come from `gavel calibrate`.  How well it learned is measured on texts
 * of the test split.  What the encoder said stays in the work folder: a run that was stopped
 * reads on from there, and learning again with other sizes asks it nothing.
 */
#include "base/rng.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "data/snapshot.h"
#include "model/apprentice.h"
#include "model/distil.h"

#include <stdio.h>

enum { ROWS = 400000, HELD_OUT = 4000, READ_PIECES = 256, SIDE_PIECES = 4096 };
#define RATE       .1
#define DENSE_RATE 3e-3
#define ROOM       ((size_t)16 << 30) /* address space */

typedef struct Job {
    Cli *cli;
    Arena *arena; /* of texts' windows: more than a command's */
    Release *release;
    Rows rows;
    StudentShape shape;
    uint64_t seed;
    StudentParams student;
    Explained explained;
} Job;

static bool load(Job *job, Err *err)
{
    Cli *cli = job->cli;
    Store *db = NULL;
    SnapshotInfo info;
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_find(db, cli->arena, str_of(cli_text(cli, "snapshot", "latest")), &info,
                            err) &&
              snapshot_load(db, cli->arena, &info, &job->rows, err);
    store_close(db);
    return ok;
}

/* Rows of a split that the encoder reads, at most `most`, by chance. */
static size_t pick(const Job *job, Split split, size_t most, uint32_t **out)
{
    const Rows *rows = &job->rows;
    uint32_t *all = arena_array(job->arena, uint32_t, rows->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->row[i].split == split && network_reads(language_of(rows->row[i].text)) &&
            teacher_reads(rows->row[i].language))
            all[n++] = (uint32_t)i;
    Rng r;
    rng_seed(&r, job->seed);
    rng_shuffle(&r, all, n);
    *out = all;
    return n < most ? n : most;
}

static bool read_split(const Job *job, Split split, size_t most, size_t pieces, Lesson *out,
                       Err *err)
{
    uint32_t *row;
    LessonInput in = {.release = job->release,
                      .rows = &job->rows,
                      .count = pick(job, split, most, &row),
                      .max_pieces = pieces,
                      .threads = judge_threads(job->cli),
                      .dir = cli_text(job->cli, "work", NULL),
                      .progress = &job->cli->progress};
    in.row = row;
    if (in.count == 0)
        return err_set(err, ERR_INPUT, "the split %s has no text that the encoder reads",
                       split_name(split));
    return lesson_read(job->arena, &in, out, err);
}

static bool learn(Job *job, Err *err)
{
    const Cli *cli = job->cli;
    Lesson lesson, unseen;
    if (!read_split(job, SPLIT_TRAIN, (size_t)cli_int(cli, "rows", ROWS), READ_PIECES, &lesson,
                    err) ||
        !read_split(job, SPLIT_TEST, HELD_OUT, SIDE_PIECES, &unseen, err))
        return false;
    ApprenticeInput in = {.lesson = &lesson,
                          .release = job->release,
                          .shape = job->shape,
                          .epochs = (int)cli_int(cli, "epochs", 8),
                          .rate = cli_real(cli, "rate", RATE),
                          .dense_rate = cli_real(cli, "dense-rate", DENSE_RATE),
                          .seed = job->seed,
                          .progress = &cli->progress};
    if (!cli->json)
        printf("%zu texts teach, %zu windows\n", lesson.texts, lesson.windows), fflush(stdout);
    if (!apprentice_learn(job->arena, &in, &job->student, err))
        return false;
    apprentice_explains(job->arena, &unseen, job->release, &job->student, &job->explained);
    return true;
}

static bool write_release(Job *job, Digest *digest, Err *err)
{
    ReleaseParts parts;
    if (!release_parts(job->release, job->cli->arena, &parts, err))
        return false;
    const char *name = cli_text(job->cli, "name", NULL);
    if (name)
        parts.name = str_of(name);
    parts.student = &job->student;
    parts.cascade = (Cascade){0}; /* of a former student */
    return release_save(job->arena, &parts, cli_text(job->cli, "out", NULL), digest, err);
}

static void print_for_machines(const Explained *e, const char *hex)
{
    printf("{\"digest\":\"%s\",\"texts\":%zu,\"explained\":{\"whole\":%.4f", hex, e->texts,
           e->whole);
    for (int f = 0; f < FACTOR_COUNT; f++)
        printf(",\"" STR_FMT "\":%.4f", STR_ARG(factor_name((Factor)f)), e->factor[f]);
    printf("}}\n");
}

static void print_for_people(const Explained *e, const char *hex)
{
    printf(
        "of the variance of the encoder's logits of %zu texts that it never saw, it explains "
        "%.1f %%:\n",
        e->texts, 100 * e->whole);
    for (int f = 0; f < FACTOR_COUNT; f++)
        printf("  %-24.*s %5.1f %%\n", STR_ARG(factor_name((Factor)f)), 100 * e->factor[f]);
    printf("wrote release %s; next: gavel calibrate\n", hex);
}

static bool distil_release(Job *job, Err *err)
{
    Digest digest;
    char hex[DIGEST_HEX_SIZE];
    if (!load(job, err) || !learn(job, err) || !write_release(job, &digest, err))
        return false;
    digest_hex(&digest, hex);
    (job->cli->json ? print_for_machines : print_for_people)(&job->explained, hex);
    return true;
}

static bool read_options(Job *job, Err *err)
{
    const Cli *cli = job->cli;
    job->shape = (StudentShape){.width = (int)cli_int(cli, "width", 88),
                                .hidden = (int)cli_int(cli, "hidden", 128),
                                .pairs = (int)cli_int(cli, "pairs", 0)};
    job->seed = (uint64_t)cli_int(cli, "seed", 1);
    if (!cli_text(cli, "out", NULL) || !cli_text(cli, "work", NULL))
        return err_set(err, ERR_USAGE,
                       "--out says where the release goes, --work where what the encoder says "
                       "is kept");
    if (!student_shape_fits(&job->shape))
        return err_set(err, ERR_USAGE,
                       "--width is 8 to %d by eights, --hidden 1 to %d, --pairs 0 to %d",
                       GIST_WIDTH_MAX, STUDENT_HIDDEN_MAX, STUDENT_PAIRS_MAX);
    if (cli_int(cli, "rows", 1) < 1 || cli_int(cli, "epochs", 1) < 1 ||
        cli_int(cli, "epochs", 1) > 1000)
        return err_set(err, ERR_USAGE, "--rows and --epochs are above 0, epochs at most 1000");
    return true;
}

static bool run(Cli *cli, Err *err)
{
    Job *job = arena_new(cli->arena, Job);
    job->cli = cli;
    stop_on_signals();
    if (!read_options(job, err) || !judge_open(cli, &job->release, err))
        return false;
    job->arena = arena_open(ROOM);
    bool ok = distil_release(job, err);
    arena_close(job->arena);
    release_close(job->release);
    return ok;
}

/* clang-format off */
static const Option options[] = {
    {.name = "release", .type = OPTION_TEXT, .value = "REF", .help = "the encoder to learn from"},
    {.name = "snapshot", .type = OPTION_TEXT, .value = "REF",
     .help = "whose texts it reads; latest when not given"},
    {.name = "out", .type = OPTION_TEXT, .value = "FILE", .help = "the new release"},
    {.name = "work", .type = OPTION_TEXT, .value = "DIR",
     .help = "keeps what the encoder said; an unfinished run in it goes on"},
    {.name = "name", .type = OPTION_TEXT, .value = "WORD", .help = "of the new release"},
    {.name = "rows", .type = OPTION_INT, .value = "N",
     .help = "texts of the training split to learn from, at most; 400000 when not given"},
    {.name = "epochs", .type = OPTION_INT, .value = "N", .help = "passes over them; 8 when not given"},
    {.name = "seed", .type = OPTION_INT, .value = "N", .help = "1 when not given"},
    {.name = "width", .type = OPTION_INT, .value = "N",
     .help = "columns of its table, by eights; 88 when not given"},
    {.name = "hidden", .type = OPTION_INT, .value = "N", .help = "units behind it; 128 when not given"},
    {.name = "pairs", .type = OPTION_INT, .value = "N",
     .help = "rows for pairs of pieces; 0 when not given"},
    {.name = "rate", .type = OPTION_REAL, .value = "X", .help = "of the table's rows; 0.1 when not given"},
    {.name = "dense-rate", .type = OPTION_REAL, .value = "X",
     .help = "of the layers behind it; 0.003 when not given"},
    {0},
};
/* clang-format on */

const Command cmd_distil = {
    .name = "distil",
    .run = run,
    .options = options,
    .summary = "teach a student to answer in the encoder's place",
    .example = "gavel distil --release var/run/third.gavel --work var/distil --out "
               "var/run/third.student.gavel",
};
