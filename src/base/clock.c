#include "base/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE])
{
    int64_t ms = wall_ms % 1000;
    if (ms < 0) /* before 1970 the second is the one below */
        ms += 1000;
    time_t s = (time_t)((wall_ms - ms) / 1000);
    struct tm tm;
    gmtime_r(&s, &tm);
    snprintf(out, CLOCK_ISO_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)ms);
}
