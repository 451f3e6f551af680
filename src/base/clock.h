/* clock.h - wall time for facts that are stored, monotonic time for durations. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void); /* milliseconds since 1970, UTC */
int64_t clock_mono_ns(void); /* never goes back; only differences mean something */

/* "2026-11-24T07:31:05.123Z" with its terminator. */
#define CLOCK_ISO_SIZE 32
void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE]);

#endif
