/* judge.c - Gavel in a program of one's own: every line of standard input is judged, by as
 * many threads as one likes, and answered in order.
 *
 *     cc judge.c $(pkg-config --cflags --libs gavel) -pthread -o judge
 *     ./judge third.gavel 4 < lines.txt
 *
 * It is C and C++ alike.  The tests build it against the installed library.
 */
#include <gavel.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 1000, LINE_MAX_BYTES = 10000, THREADS_MAX = 16 };

/* A thread's share of the lines.  The release is everybody's, the verdicts its own. */
typedef struct Share {
    GavelRelease *release;
    const GavelText *line;
    size_t count;
    GavelVerdicts *verdicts;
    GavelStatus status;
    GavelError error;
    pthread_t thread;
} Share;

static void *judge_share(void *ctx)
{
    Share *s = (Share *)ctx;
    s->status = gavel_verdicts_open(&s->verdicts, &s->error);
    if (s->status == GAVEL_OK)
        s->status = gavel_judge_batch(s->release, s->line, s->count, s->verdicts, &s->error);
    return NULL;
}

static void print_verdict(const GavelVerdicts *v, size_t i)
{
    if (gavel_verdict_status(v, i) != GAVEL_OK) {
        printf("error %s\n", gavel_verdict_message(v, i));
        return;
    }
    printf("flagged %d\n", gavel_verdict_flagged(v, i));
    for (int c = 0; c < gavel_category_count(); c++)
        printf("%s %d %.17g\n", gavel_category_name(c), gavel_verdict_holds(v, i, c),
               gavel_verdict_score(v, i, c));
    for (size_t n = 0; n < gavel_verdict_span_count(v, i); n++) {
        GavelSpan span;
        span.size = sizeof span;
        if (gavel_verdict_span(v, i, n, &span))
            fprintf(stderr, "%s: bytes %zu to %zu read '%s'\n", span.name, span.from, span.to,
                    span.read_as);
    }
}

static size_t read_lines(GavelText *line)
{
    static char text[LINE_MAX_BYTES];
    size_t n = 0;
    while (n < LINES_MAX && fgets(text, sizeof text, stdin)) {
        size_t bytes = strcspn(text, "\n");
        char *copy = (char *)malloc(bytes + 1);
        if (!copy)
            break;
        memcpy(copy, text, bytes);
        line[n].text = copy;
        line[n++].bytes = bytes;
    }
    return n;
}

/* Some verdicts may have failed (their words say so); without any the call did. */
static int run(GavelRelease *release, const GavelText *line, size_t count, size_t threads)
{
    static Share share[THREADS_MAX];
    int ok = 1;
    for (size_t t = 0; t < threads; t++) {
        Share *s = &share[t];
        s->release = release;
        s->line = line + count * t / threads;
        s->count = count * (t + 1) / threads - count * t / threads;
        if (pthread_create(&s->thread, NULL, judge_share, s) != 0)
            abort();
    }
    for (size_t t = 0; t < threads; t++) {
        Share *s = &share[t];
        pthread_join(s->thread, NULL);
        for (size_t i = 0; i < gavel_verdict_count(s->verdicts); i++)
            print_verdict(s->verdicts, i);
        if (gavel_verdict_count(s->verdicts) != s->count) {
            fprintf(stderr, "judge: %s: %s\n", gavel_status_name(s->status), s->error.message);
            ok = 0;
        }
        gavel_verdicts_close(s->verdicts);
    }
    return ok;
}

int main(int argc, char **argv)
{
    static GavelText line[LINES_MAX];
    GavelRelease *release;
    GavelError error;
    unsigned long threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    if (argc < 2 || threads < 1 || threads > THREADS_MAX) {
        fprintf(stderr, "usage: judge RELEASE [THREADS] < lines\n");
        return 2;
    }
    if (gavel_release_open(argv[1], NULL, &release, &error) != GAVEL_OK) {
        fprintf(stderr, "judge: %s: %s\n", gavel_status_name(error.status), error.message);
        return 1;
    }
    size_t count = read_lines(line);
    int ok = run(release, line, count, threads);
    for (size_t i = 0; i < count; i++)
        free((void *)line[i].text);
    gavel_release_close(release);
    return ok ? 0 : 1;
}
