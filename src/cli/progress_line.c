#include "cli/progress_line.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

enum { SHOW_EVERY_MS = 200 };

static void tick(void *ctx, const char *what, uint64_t done, uint64_t total, const char *note)
{
    ProgressLine *l = ctx;
    int64_t now = clock_mono_ns();
    if (!l->started_ns) {
        l->started_ns = now;
        l->first = done;
    }
    bool last = total && done >= total;
    if (!l->terminal || (!last && now - l->shown_ns < SHOW_EVERY_MS * (int64_t)1000000))
        return;
    l->shown_ns = now;
    l->open = true;
    double s = (double)(now - l->started_ns) * 1e-9;
    double rate = s > 0 ? (double)(done - l->first) / s : 0;
    fprintf(stderr, "\r\033[K%llu", (unsigned long long)done);
    if (total)
        fprintf(stderr, " of %llu", (unsigned long long)total);
    fprintf(stderr, " %s, %.0f/s", what, rate);
    if (total && rate > 0) {
        uint64_t left = (uint64_t)((double)(total - done) / rate);
        fprintf(stderr, ", %llu:%02llu left", (unsigned long long)left / 60,
                (unsigned long long)left % 60);
    }
    if (note)
        fprintf(stderr, "  %s", note);
}

Progress progress_line(ProgressLine *line)
{
    *line = (ProgressLine){.terminal = isatty(STDERR_FILENO) == 1};
    return (Progress){.tick = tick, .ctx = line};
}

void progress_line_end(ProgressLine *line)
{
    if (line->open)
        fprintf(stderr, "\n");
    line->open = false;
}
