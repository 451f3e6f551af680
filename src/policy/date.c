#include "policy/date.h"

static bool digits(Str s, size_t at, int n, int *out)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        char c = at + (size_t)i < s.len ? s.ptr[at + (size_t)i] : 0;
        if (c < '0' || c > '9')
            return false;
        v = v * 10 + (c - '0');
    }
    *out = v;
    return true;
}

static bool sign(Str s, size_t at, char c) { return at < s.len && s.ptr[at] == c; }

static bool is_leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static bool day_of(int y, int m, int d, int64_t *out)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    if (y < 1970 || m < 1 || m > 12)
        return false;
    int leap = is_leap(y), length = before[m] - before[m - 1] + (leap && m == 2);
    if (d < 1 || d > length)
        return false;
    int past = y - 1;
    int64_t days = 365 * (int64_t)(y - 1970) + (past / 4 - past / 100 + past / 400) - 477;
    *out = days + before[m - 1] + (leap && m > 2) + d - 1;
    return true;
}

/* Behind the minutes: "Z", or hours and minutes that the place is ahead of UTC. */
static bool zone(Str s, size_t at, int *minutes)
{
    int hour, minute;
    if (sign(s, at, 'Z') && s.len == at + 1) {
        *minutes = 0;
        return true;
    }
    bool ahead = sign(s, at, '+');
    if ((!ahead && !sign(s, at, '-')) || !digits(s, at + 1, 2, &hour) ||
        !sign(s, at + 3, ':') || !digits(s, at + 4, 2, &minute) || s.len != at + 6 ||
        hour > 14 || minute > 59)
        return false;
    *minutes = (ahead ? 1 : -1) * (hour * 60 + minute);
    return true;
}

bool date_parse(Str s, int64_t *out_ms)
{
    int y, m, d, hour = 0, minute = 0, ahead = 0;
    int64_t day;
    if (!digits(s, 0, 4, &y) || !sign(s, 4, '-') || !digits(s, 5, 2, &m) || !sign(s, 7, '-') ||
        !digits(s, 8, 2, &d) || !day_of(y, m, d, &day))
        return false;
    if (s.len > 10 &&
        (!sign(s, 10, 'T') || !digits(s, 11, 2, &hour) || !sign(s, 13, ':') ||
         !digits(s, 14, 2, &minute) || hour > 23 || minute > 59 || !zone(s, 16, &ahead)))
        return false;
    *out_ms = (day * 1440 + hour * 60 + minute - ahead) * 60000;
    return true;
}
