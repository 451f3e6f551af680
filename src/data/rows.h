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
    Str text;     /* PII-masked; empty where a recipe names it by its digest */
    Str source;   /* the recipe's source name */
    Str group;    /* document or pair it belongs to; may be empty */
    Str language; /* BCP 47; empty: unknown */
    Labels labels;
    LabelOrigin origin; /* who says so */
    Str policy;         /* that it was read under (data/overlay.h); empty: none */
    float weight;       /* confidence in the labels, (0, 1] */
    Split split;        /* SPLIT_COUNT: free, nothing fixes it (never so in a snapshot) */
    uint64_t cluster;   /* equal: near-duplicates; 0 outside a snapshot */
    Digest digest;      /* text_digest(text): data/text_digest.h */
} Row;

typedef struct Rows {
    Row *row;
    size_t count;
} Rows;

#endif
