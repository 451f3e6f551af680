/* locale.h - numbers are read and written with a point, whatever the program around us has told
 * setlocale: our files are the same everywhere.  (strtod and printf follow the locale, and
 * inside another program, see include/gavel.h, that is not ours to set.)
 */
#ifndef BASE_LOCALE_H
#define BASE_LOCALE_H

#include <locale.h>

locale_t locale_c(void); /* for strtod_l and, around a snprintf, uselocale */

#endif
