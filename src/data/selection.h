/* selection.h - the rows that a snapshot will hold, out of all facts of the archive.
 *
 * In order: the opinions in force are gathered by text (of the chosen sources); what
 * equals or nearly duplicates a text of an excluded set is left out; near-duplicates
 * among the rest form clusters; the split is drawn (data/split.h); and the opinions
 * on one text become one row (labels_merge).  The row's source and group are those of
 * its heaviest opinion, ties by name.
 *
 * An overlay (data/sample.h) changes labels and nothing else: what brought the text decides
 * group, split and whether it is chosen at all.  The row's source gets OVERLAID in front, so
 * that a plan may draw such rows more often and a report measures them apart; where the
 * reader was unsure, the value that came with the text stands.
 *
 * Last, labels that were found suspect (data/suspect.h) are taken back or weakened, in rows of
 * the training split.
 *
 * Samples are put in order of their digest first of all, so nothing depends on the
 * order in which they came.
 */
#ifndef DATA_SELECTION_H
#define DATA_SELECTION_H

#include "data/snapshot.h"
#include "data/split.h"
#include "data/suspect.h"

#define OVERLAID "read-"

typedef struct SelectionExclusion {
    const char *pair; /* as it was asked for */
    size_t texts;     /* in the excluded set */
    size_t bad;       /* rows of it that could not be read */
    size_t equal;     /* samples left out because they are in it */
    size_t near;      /* or nearly; a sample is counted for the first set that has it */
} SelectionExclusion;

typedef struct SelectionReport {
    size_t samples;   /* that the chosen sources speak of */
    size_t overlaid;  /* rows with an overlay */
    size_t orphans;   /* texts left out because only overlays speak of them */
    size_t conflicts; /* of them, with several opinions of which some value differs */
    size_t excluded;
    size_t clusters; /* among the rows kept */
    SplitReport split;
    SuspectCounts suspects;
    SelectionExclusion *exclusion;
    size_t exclusion_count;
} SelectionReport;

typedef struct Selection {
    Rows rows;       /* in ascending order of text digest */
    int64_t *sample; /* its id in the store, a row each */
    SelectionReport report;
} Selection;

bool selection_make(Store *db, Arena *a, const SnapshotOptions *o, const Progress *p,
                    Selection *out, Err *err);

#endif
