#include "base/fault.h"

#ifdef FAULTS
#include <errno.h>

static long countdown;
static int code;
static bool hit;

void fault_arm(long nth, int error)
{
    countdown = nth;
    code = error;
    hit = false;
}

bool fault(void)
{
    if (countdown == 0 || --countdown > 0)
        return false;
    hit = true;
    errno = code;
    return true;
}

bool fault_hit(void) { return hit; }
#else
typedef int fault_is_off; /* C wants one declaration in a file */
#endif
