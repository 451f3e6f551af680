/* kernels_int8_neon.c - int8 products by SDOT (ARMv8.2 dot product), which wants both sides
 * signed: seven bits of a row are. */
#define LANES      4
#define ROWS       8
#define PACKED_I8  packed_i8_neon
#define PACKED_FOR packed_f32_neon
#include "nn/packed_rows_internal.h"

#include <arm_neon.h>

ALWAYS IVec dot4(IVec sum, IVec u, IVec q)
{
    return (IVec)vdotq_s32((int32x4_t)sum, (int8x16_t)u, (int8x16_t)q);
}

#include "nn/packed_i8_internal.h"
