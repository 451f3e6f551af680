/* date.h - a moment as people write it: "2027-04-10", "2027-04-10T20:00Z", "...T20:00+02:00".
 *
 * A day alone is its first minute in UTC.  Proleptic Gregorian, years 1970 to 9999.
 */
#ifndef POLICY_DATE_H
#define POLICY_DATE_H

#include "base/str.h"

#include <stdint.h>

bool date_parse(Str s, int64_t *out_ms); /* since 1970, UTC; false leaves *out_ms */

#endif
