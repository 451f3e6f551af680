/* archive.h - an archive in a temporary folder, with files and recipes to fill it from. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "temp.h"

#include "base/file.h"
#include "data/ingest.h"

enum { ARCHIVE_LINE_MAX = 1 << 16 };

/* Reads {"text", "hate": 0 or 1, "side": train, test or free, "group"}. */
#define ARCHIVE_RECIPE                                                       \
    "source: %s\n"                                                           \
    "licence: CC0-1.0\n"                                                     \
    "format: jsonl\n"                                                        \
    "files: \"*.jsonl\"\n"                                                   \
    "language: en\n"                                                         \
    "text: \"{text}\"\n"                                                     \
    "group: \"{group}\"\n"                                                   \
    "weight: %s\n"                                                           \
    "split: {column: side, sides: {train: train, test: test, free: free}}\n" \
    "labels:\n"                                                              \
    "  - zero: [%s]\n"                                                       \
    "  - {when: {column: hate, is: \"1\"}, set: {hate: 1}}\n"

static inline void archive_write(Temp *t, const char *name, Str text)
{
    Err err = {0};
    if (!file_save(temp_path(t, name), text, &err))
        fail_msg("%s", err.msg);
}

/* zero: the factors that it knows to be 0 where nothing else is said. */
static inline const char *archive_recipe(Temp *t, const char *name, const char *source,
                                         const char *weight, const char *zero)
{
    archive_write(t, name, str_print(t->arena, ARCHIVE_RECIPE, source, weight, zero));
    return temp_path(t, name);
}

/* Lines for the recipe above. */
static inline void archive_line(Buf *b, const char *text, int hate, const char *side,
                                const char *group)
{
    buf_print(b, "{\"text\":\"%s\",\"hate\":%d,\"side\":\"%s\",\"group\":\"%s\"}\n", text, hate,
              side, group);
}

/* A folder NAME with one file of these lines. */
static inline const char *archive_folder(Temp *t, const char *name, Str lines)
{
    Err err = {0};
    const char *dir = temp_path(t, name);
    if (!file_make_dirs(dir, &err))
        fail_msg("%s", err.msg);
    archive_write(t, str_print(t->arena, "%s/rows.jsonl", name).ptr, lines);
    return dir;
}

static inline Store *archive_open(Temp *t)
{
    Store *db = NULL;
    Err err = {0};
    if (!store_open(temp_path(t, "archive.db"), &db, &err))
        fail_msg("%s", err.msg);
    return db;
}

static inline IngestOptions archive_options(void)
{
    return (IngestOptions){.batch_rows = 7, .max_line_bytes = ARCHIVE_LINE_MAX, .now_ms = 1};
}

static inline IngestCounts archive_ingest(Store *db, const char *recipe, const char *path)
{
    IngestCounts c;
    Err err = {0};
    const IngestOptions o = archive_options();
    if (!ingest_path(db, recipe, path, &o, &c, &err))
        fail_msg("%s", err.msg);
    return c;
}

/* The one number that a query gives. */
#define archive_number(db, sql)                                                         \
    ({                                                                                  \
        Stmt *s_ = NULL;                                                                \
        Err err_ = {0};                                                                 \
        bool row_ = false;                                                              \
        if (!stmt_open((db), sql, &s_, &err_) || !stmt_step(s_, &row_, &err_) || !row_) \
            fail_msg("%s", err_.msg);                                                   \
        int64_t n_ = stmt_i64(s_, 0);                                                   \
        stmt_close(s_);                                                                 \
        n_;                                                                             \
    })

/* Texts that are nobody's near-duplicate: eight words drawn from many. */
static inline const char *archive_text(Arena *a, uint64_t *seed)
{
    char w[8][8];
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 8; k++)
            w[i][k] = (char)(k == 7 ? 0 : 'a' + (int)(random_u64(seed) % 26));
    return str_print(a, "%s %s %s %s %s %s %s %s", w[0], w[1], w[2], w[3], w[4], w[5], w[6],
                     w[7])
        .ptr;
}

#endif
