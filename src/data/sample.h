/* sample.h - a text of the archive and what was said of it.
 *
 * A sample is one masked text; its address is text_digest, whoever brought it.  What a
 * source says of it is a label set beside it (data/label.h), tied to the version of the
 * recipe that read it.  Both are facts: the same text with other labels adds a label
 * set, the same again adds nothing, and nothing is ever changed.
 *
 * An *overlay* (data/overlay.h) is a label set without a text of its own: it was read under
 * a written policy, whose name it carries, and speaks of a text that others brought.  A text
 * that the archive does not have gets none.
 *
 * Writing goes through a SampleWriter, inside a transaction of the caller's, who may
 * commit as often as they like: ids are minted anew in each.
 */
#ifndef DATA_SAMPLE_H
#define DATA_SAMPLE_H

#include "data/rows.h"
#include "store/store.h"

typedef struct SampleWriter {
    Store *db;
    int64_t version; /* of the recipe: recipe_version.h */
    int64_t now_ms;
    int64_t next_sample, next_label_set;
} SampleWriter;

typedef enum SamplePut {
    SAMPLE_KNOWN,    /* the archive knew all of it */
    SAMPLE_LABELLED, /* it knew the text; the labels are new */
    SAMPLE_FRESH,    /* a new text */
    SAMPLE_ABSENT,   /* the row names a text that the archive does not have: nothing is put */
} SamplePut;

/* Inside a transaction, and valid until its end. */
bool sample_writer_init(Store *db, int64_t version, int64_t now_ms, SampleWriter *out,
                        Err *err);
bool sample_put(SampleWriter *w, const Row *row, SamplePut *what, Err *err);

#endif
