/* gavel.h - Gavel inside another program: judge texts without a server.
 *
 *     GavelRelease *release;
 *     GavelVerdicts *verdicts;
 *     GavelError error = {0};
 *     if (gavel_release_open("third.gavel", NULL, &release, &error) != GAVEL_OK ||
 *         gavel_verdicts_open(&verdicts, &error) != GAVEL_OK ||
 *         gavel_judge(release, text, bytes, verdicts, &error) != GAVEL_OK)
 *         say(error.message);
 *     if (gavel_verdict_flagged(verdicts, 0)) ...
 *     gavel_verdicts_close(verdicts);
 *     gavel_release_close(release);
 *
 * THREADS.  A release is read-only once it is open: any number of threads may judge with it
 * at the same time, and all but gavel_release_close may be called on it from anywhere.  A
 * GavelVerdicts belongs to one thread at a time.  Nothing else is shared, and no state is
 * kept for a thread: threads may come and go.  A text's answer depends on the text and the
 * release alone: not on the batch it is in, nor on what other threads do.
 *
 * OWNERSHIP.  What *_open gave, *_close takes back; closing NULL does nothing.  Texts are
 * borrowed for the call.  Every `const char *` that a function returns ends with a NUL and
 * lives as long as what it was asked of: of a release until that is closed, of verdicts until
 * they are judged into again or closed, else for ever.
 *
 * FAILURE.  A call that can fail returns a GavelStatus and, when it fails, fills *error (which
 * may be NULL) and leaves its other results as they were.  Nothing prints, logs, exits, reads
 * the environment or changes signal handlers.  Memory that cannot be had is GAVEL_MEMORY.  Two
 * things are beyond the reach of that promise, see docs/EMBEDDING.md: a kernel that promised
 * memory and cannot keep it, and malloc inside OpenBLAS and ICU.
 *
 * LIMITS.  Every size has one, set when the release is opened: GavelOptions.
 *
 * STABILITY.  Handles are opaque.  Structs that callers fill begin with their own size, so a
 * program built with an older header keeps working with a newer library: what it does not
 * know is left alone.  Numbers in enums are never reused; new ones are added behind.
 */
#ifndef GAVEL_H
#define GAVEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of this header.  gavel_interface() is the library's, the same or higher. */
#define GAVEL_INTERFACE 1

#if defined(__GNUC__)
#define GAVEL_API __attribute__((visibility("default")))
#else
#define GAVEL_API
#endif

GAVEL_API int gavel_interface(void);

/* ---- what may go wrong --------------------------------------------------------------- */

typedef enum GavelStatus {
    GAVEL_OK = 0,
    GAVEL_USAGE = 1,     /* the call itself: a NULL where there must be none, no such kernels */
    GAVEL_INPUT = 2,     /* the text is not UTF-8 */
    GAVEL_LIMIT = 3,     /* the text is too long, or there are too many */
    GAVEL_NOT_FOUND = 4, /* no such file */
    GAVEL_IO = 5,        /* it could not be read */
    GAVEL_CORRUPT = 6,   /* it is damaged, or no release */
    GAVEL_FORMAT = 7,    /* it is a release for another version of Gavel */
    GAVEL_MEMORY = 8
} GavelStatus;

typedef struct GavelError {
    GavelStatus status;
    char message[256]; /* for people, in English, without a full stop */
} GavelError;

GAVEL_API const char *gavel_status_name(int status); /* "over_limit"; "unknown" */

/* ---- categories and factors ---------------------------------------------------------- */

/* The thirteen of the endpoint, in its order. */
typedef enum GavelCategory {
    GAVEL_HARASSMENT = 0,
    GAVEL_HARASSMENT_THREATENING = 1,
    GAVEL_SEXUAL = 2,
    GAVEL_HATE = 3,
    GAVEL_HATE_THREATENING = 4,
    GAVEL_ILLICIT = 5,
    GAVEL_ILLICIT_VIOLENT = 6,
    GAVEL_SELF_HARM_INTENT = 7,
    GAVEL_SELF_HARM_INSTRUCTIONS = 8,
    GAVEL_SELF_HARM = 9,
    GAVEL_SEXUAL_MINORS = 10,
    GAVEL_VIOLENCE = 11,
    GAVEL_VIOLENCE_GRAPHIC = 12
} GavelCategory;

/* Categories are 0 .. gavel_category_count() - 1; a newer library may have more. */
GAVEL_API int gavel_category_count(void);
GAVEL_API const char *gavel_category_name(int category); /* "hate/threatening"; NULL: none */
GAVEL_API int gavel_category_find(const char *name);     /* -1: none */

/* What the model predicts and a policy composes the categories from. */
GAVEL_API int gavel_factor_count(void);
GAVEL_API const char *gavel_factor_name(int factor);    /* "threat"; NULL: none */
GAVEL_API const char *gavel_factor_meaning(int factor); /* one line */
GAVEL_API int gavel_factor_find(const char *name);      /* -1: none */

/* ---- a release ----------------------------------------------------------------------- */

typedef struct GavelRelease GavelRelease;

/* GAVEL_OPTIONS_DEFAULT, then what is to be otherwise.  0 and NULL mean the default, under
 * which the answers are those of `gavel moderate`. */
typedef struct GavelOptions {
    size_t size;           /* sizeof(GavelOptions) */
    size_t max_text_bytes; /* longer texts are refused; 2 MiB, at most 64 MiB */
    size_t max_pieces;     /* of a text that the encoder reads; 4096, 128 to 65536 */
    size_t max_texts;      /* in one call; 1024, at most 65536 */
    const char *kernels;   /* "auto", or one of those in docs/CONFIG.md */
} GavelOptions;

#define GAVEL_OPTIONS_DEFAULT               \
    {                                       \
        sizeof(GavelOptions), 0, 0, 0, NULL \
    }

/* The file is mapped and wholly checked.  It must not be written to while the release is open;
 * replacing it by rename is fine.  `options` may be NULL. */
GAVEL_API GavelStatus gavel_release_open(const char *path, const GavelOptions *options,
                                         GavelRelease **out, GavelError *error);

/* The same from memory, which is borrowed until the release is closed and must be aligned to
 * 64 bytes. */
GAVEL_API GavelStatus gavel_release_open_bytes(const void *bytes, size_t size,
                                               const GavelOptions *options, GavelRelease **out,
                                               GavelError *error);

/* When no other thread uses it any more. */
GAVEL_API void gavel_release_close(GavelRelease *release);

GAVEL_API const char *gavel_release_name(const GavelRelease *release);
GAVEL_API const char *gavel_release_digest(const GavelRelease *release); /* 64 hex digits */
GAVEL_API const char *gavel_release_policy(const GavelRelease *release); /* "openai-13 3" */

/* The score from which a category is flagged; NaN for no category. */
GAVEL_API double gavel_release_threshold(const GavelRelease *release, int category);

/* ---- judging ------------------------------------------------------------------------- */

/* Where answers are put, over and over: the memory is kept from call to call. */
typedef struct GavelVerdicts GavelVerdicts;

GAVEL_API GavelStatus gavel_verdicts_open(GavelVerdicts **out, GavelError *error);
GAVEL_API void gavel_verdicts_close(GavelVerdicts *verdicts);

typedef struct GavelText {
    const char *text; /* UTF-8; zero bytes are characters like others */
    size_t bytes;
} GavelText;

/* One text: verdict 0.  Former verdicts are gone, also when it fails. */
GAVEL_API GavelStatus gavel_judge(GavelRelease *release, const char *text, size_t bytes,
                                  GavelVerdicts *verdicts, GavelError *error);

/* A verdict each, in order.  A text that cannot be judged does not stop the others: its
 * verdict has the status and the words, and the call returns the first such status.  When the
 * call itself fails (too many texts, no memory) there are no verdicts at all. */
GAVEL_API GavelStatus gavel_judge_batch(GavelRelease *release, const GavelText *texts,
                                        size_t count, GavelVerdicts *verdicts,
                                        GavelError *error);

/* ---- reading verdicts ---------------------------------------------------------------- */

/* i from 0 to gavel_verdict_count() - 1.  What is not there (an i, category or factor out of
 * range, a verdict whose status is not GAVEL_OK) is 0, NaN where it would be a number between
 * 0 and 1, and "" where it would be words. */
GAVEL_API size_t gavel_verdict_count(const GavelVerdicts *verdicts);
GAVEL_API GavelStatus gavel_verdict_status(const GavelVerdicts *verdicts, size_t i);
GAVEL_API const char *gavel_verdict_message(const GavelVerdicts *verdicts, size_t i);

GAVEL_API int gavel_verdict_flagged(const GavelVerdicts *verdicts,
                                    size_t i); /* some category */
GAVEL_API int gavel_verdict_holds(const GavelVerdicts *verdicts, size_t i, int category);

/* A calibrated probability, and the same number as every other interface of Gavel gives. */
GAVEL_API double gavel_verdict_score(const GavelVerdicts *verdicts, size_t i, int category);
GAVEL_API double gavel_verdict_factor(const GavelVerdicts *verdicts, size_t i, int factor);

/* What the policy asks for: "none", "flag", "review", "hold", "escalate" or "block". */
GAVEL_API const char *gavel_verdict_action(const GavelVerdicts *verdicts, size_t i);

/* BCP 47: "en", "ur-Latn"; "und" where the text does not say. */
GAVEL_API const char *gavel_verdict_language(const GavelVerdicts *verdicts, size_t i);

typedef enum GavelTrait {
    GAVEL_LANGUAGE_KNOWN = 0, /* the release learnt from enough text in that language */
    GAVEL_DISGUISED = 1,      /* the text hides what it says: see the spans */
    GAVEL_ENCODER_RAN = 2,    /* the transformer read it, not the n-grams alone */
    GAVEL_CAPPED = 3          /* it has more than max_pieces pieces; the encoder read those */
} GavelTrait;
GAVEL_API int gavel_verdict_is(const GavelVerdicts *verdicts, size_t i, int trait);

/* ---- why ----------------------------------------------------------------------------- */

/* A passage of the text that the verdict has something to say about.  Kinds may be added:
 * pass over those that are not known. */
typedef enum GavelSpanKind {
    GAVEL_SPAN_DISGUISE = 0 /* written so as not to be read; `read_as` is what was read */
} GavelSpanKind;

typedef struct GavelSpan {
    size_t size; /* sizeof(GavelSpan), set by the caller */
    int kind;
    int category;        /* that it speaks for; -1: for none of its own */
    size_t from, to;     /* bytes of the text */
    const char *name;    /* "leetspeak", "base64" ... */
    const char *read_as; /* its beginning, when it is long */
} GavelSpan;

/* The first 64 are kept. */
GAVEL_API size_t gavel_verdict_span_count(const GavelVerdicts *verdicts, size_t i);

/* Fills *span, as far as its size goes; 0: there is no such span, *span is as it was. */
GAVEL_API int gavel_verdict_span(const GavelVerdicts *verdicts, size_t i, size_t n,
                                 GavelSpan *span);

#ifdef __cplusplus
}
#endif

#endif
