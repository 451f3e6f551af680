/* cascade.h - when the student's answer stands, so that the encoder need not be asked.
 *
 * It answers alone only what is not flagged: when its score of every category lies below that
 * category's bound.  (An upper bound does not pay: of a hundred texts one is flagged, and its
 * other scores would still be the student's.)  Its scores go through maps of their own, fitted
 * towards the calibrated scores of the full model, so that a score means the same from either.
 *
 * The bounds come from the calibration split (cascade_fit) and promise, with 95 % confidence
 * over the draw of its rows: of the texts that the full model flags, at most CASCADE_LOST is
 * answered by the student and so not flagged.  Texts whose folded view shows a disguise have
 * bounds of their own, with the same promise about them alone.  Where it cannot be shown, the
 * encoder is asked, always.
 */
#ifndef MODEL_CASCADE_H
#define MODEL_CASCADE_H

#include "model/calibrate.h"

#define CASCADE_LOST .005

typedef enum CascadeGroup { CASCADE_PLAIN, CASCADE_DISGUISED, CASCADE_GROUPS } CascadeGroup;

typedef struct CascadeBounds {
    double bound[CATEGORY_COUNT]; /* on the student's score; 0: never below, so never alone */
    Promise lost;                 /* of the texts that the full model flags */
    int64_t texts, alone;         /* of the calibration split, and answered by the student */
    int64_t benign, benign_alone;
} CascadeBounds;

typedef struct Cascade {
    bool fitted; /* false: the rest says nothing, and the encoder is always asked */
    CalibrationMap map[CATEGORY_COUNT]; /* threshold and note are not used */
    CascadeBounds group[CASCADE_GROUPS];
} Cascade;

/* The student's scores of a text suffice. */
bool cascade_is_sure(const Cascade *c, CascadeGroup g, const double score[CATEGORY_COUNT]);

/* Texts that both the encoder and the student can read; one entry a text. */
typedef struct CascadeRows {
    size_t count;
    const double (*student)[CATEGORY_COUNT]; /* its composed scores, before any map */
    const double (*full)[CATEGORY_COUNT];    /* calibrated scores of the full model */
    const bool *disguised, *benign;
    const uint8_t *half;              /* 0: says what the bounds look like, 1: proves them */
    double threshold[CATEGORY_COUNT]; /* in force, on full scores */
    const Calibration *calibration;   /* the full model's */
} CascadeRows;

bool cascade_flagged(const double threshold[CATEGORY_COUNT],
                     const double score[CATEGORY_COUNT]); /* any category holds */

/* Maps and bounds.  `a` is for scratch. */
void cascade_fit(Arena *a, const CascadeRows *rows, Cascade *out);

/* JSON, for the manifest: an object; reading checks every number. */
void cascade_print(const Cascade *c, JsWriter *w);
bool cascade_read(const Js *v, Cascade *out, Err *err);

#endif
