/* embedded.h - text files that are part of the program; tools/embed makes the tables. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

typedef struct EmbeddedFile {
    const char *name, *text;
} EmbeddedFile;

extern const EmbeddedFile embedded_migrations[]; /* each ends with a NULL name */
extern const EmbeddedFile embedded_benign[];

#endif
