/* progress_line.h - one line on a terminal: done, rate, time left. */
#ifndef CLI_PROGRESS_LINE_H
#define CLI_PROGRESS_LINE_H

#include "base/progress.h"

typedef struct ProgressLine {
    int64_t started_ns, shown_ns;
    uint64_t first; /* done at the first tick: resumed work is not counted as speed */
    bool terminal, open;
} ProgressLine;

Progress progress_line(ProgressLine *line); /* writes to stderr, when that is a terminal */
void progress_line_end(ProgressLine *line);

#endif
