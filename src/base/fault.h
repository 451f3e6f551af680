/* fault.h - breaking the outside world on purpose.
 *
 * The few doors to the outside (base/sys, the store's driver, the net client) ask
 * fault() before each operation.  In a build with FAULTS=1 a test arms it: the Nth
 * operation from now fails with the given errno.  Elsewhere fault() is the constant
 * false and costs nothing.
 *
 *     FAULT_SWEEP(n) {
 *         bool ok = package_save(p, path, &err);
 *         assert_true(ok != fault_hit());
 *         if (ok) break;              // fewer than n operations: all were tried
 *     }
 *
 * The counter is one per process: sweep from one thread.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#ifdef FAULTS
void fault_arm(long nth, int error); /* nth >= 1; 0 disarms */
bool fault(void);                    /* true: fail now; errno is set */
bool fault_hit(void);                /* did the armed fault happen? */
#define FAULT_SWEEP(n) for (long n = 1; fault_arm(n, 5 /* EIO */), n < 100000; n++)
#else
static inline bool fault(void) { return false; }
#endif

#endif
