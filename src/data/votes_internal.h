/* votes_internal.h - annotations in files of their own, counted per item.
 *
 * One file holds the ballots (a line a worker and item), another the marks (a line each time
 * a worker marked something on a ballot).  An item's fields are "votes", its ballots, and
 * "votes.X" for each kind of mark: how many ballots hold it at least once.
 */
#ifndef DATA_VOTES_INTERNAL_H
#define DATA_VOTES_INTERNAL_H

#include "data/recipe_internal.h"

typedef struct VoteTable VoteTable;

/* `folder`: where both files are; their names tell csv from tsv. */
bool votes_load(Arena *a, const Votes *v, Str folder, size_t max_line_bytes,
                const VoteTable **out, Err *err);

/* The record with the item's fields behind its own; in `a`. */
Record votes_join(Arena *a, const VoteTable *t, const Votes *v, const Record *r);

#endif
