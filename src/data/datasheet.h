/* datasheet.h - what a snapshot is made of, as a page: generated, never written by hand.
 *
 * After "Datasheets for Datasets" (Gebru and others, 2018), as far as the archive knows:
 * composition (sources, languages, lengths, origins, labels by factor), provenance and
 * licences, splits and what was left out.  Counts only: no text is in it.
 */
#ifndef DATA_DATASHEET_H
#define DATA_DATASHEET_H

#include "data/snapshot.h"

/* Which recipe brought a source, under which licence: of the editions in force. */
typedef struct SourceLicence {
    Str source, recipe, licence;
} SourceLicence;

typedef struct Datasheet {
    SnapshotInfo info;
    Rows rows;
    SourceLicence *licence; /* in order of source */
    size_t licences;
} Datasheet;

bool datasheet_load(Store *db, Arena *a, Str ref, Datasheet *out, Err *err);

/* Markdown.  `a` is scratch.  Fails only where the snapshot's report is no JSON. */
bool datasheet_print(const Datasheet *d, Arena *a, Buf *out, Err *err);

#endif
