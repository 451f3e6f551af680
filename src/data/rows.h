/* rows.h - labelled texts in memory: what training and evaluation read, wherever they
 * came from (a snapshot of the store, or a file through a recipe). */
#ifndef DATA_ROWS_H
#define DATA_ROWS_H

#include "base/hash.h"
#include "data/label.h"

typedef enum Split { SPLIT_TRAIN, SPLIT_CALIBRATE, SPLIT_TEST, SPLIT_COUNT } Split;
const char *split_name(Split s);
bool split_parse(Str name, Split *out);

typedef struct Row {
    Str text;     /* PII-masked */
    Str source;   /* the recipe's source name */
    Str group;    /* document or pair it belongs to; may be empty */
    Str language; /* BCP 47; empty: unknown */
    Labels labels;
    float weight; /* confidence in the labels, (0, 1] */
    Split split;
    uint64_t cluster; /* equal: near-duplicates */
    Digest digest;    /* of the normalised text */
} Row;

typedef struct Rows {
    Row *row;
    size_t count;
} Rows;

#endif
