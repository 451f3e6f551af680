/* labelled.h - a labelled test set from a JSONL file, without a recipe.
 *
 * A line is an object with the text under "text", "prompt" or "input", and labels as
 * names of categories or factors -> 0..1, true, false or null (unknown) under "labels",
 * "categories" or "category"; or with the short keys of the public OpenAI set at the top:
 * S sexual, H hate, V violence, HR harassment, SH self-harm, S3 sexual/minors,
 * H2 hate/threatening, V2 violence/graphic.  A label that is absent is unknown.
 *
 * Where a name is both, a category's and a factor's, the category is meant.  The text is
 * taken as it is: a test set is measured as it was written.
 */
#ifndef MODEL_LABELLED_H
#define MODEL_LABELLED_H

#include "data/rows.h"

/* One line: ERR_INPUT says what is wrong with it.  text and source of the row are borrowed
 * from `a`. */
bool labelled_line(Arena *a, Str json, Row *out, Err *err);

/* All lines; the first bad one is refused with "path:line: ...".  Blank lines are skipped. */
bool labelled_read(Arena *a, const char *path, size_t max_line_bytes, Rows *out, Err *err);

#endif
