/* kernels_int8_neon.c - int8 products by SDOT (ARMv8.2 dot product).
 *
 * SDOT wants both sides signed (USDOT, which does not, is rarer).  The bits of u ^ 0x80
 * are those of u - 128, and what is then missing, 128 times the sum of the weights, does
 * not depend on the row: PACKED_OFFSET lets the tile take it from the sums it has.
 */
#define LANES      4
#define ROWS       8
#define TOP        127
#define PACKED_I8  packed_i8_neon
#define PACKED_FOR packed_f32_neon
#include "nn/packed_rows_internal.h"

#include <arm_neon.h>

#define PACKED_OFFSET 128

ALWAYS IVec dot4(IVec sum, IVec u, IVec q)
{
    uint8x16_t turned = veorq_u8((uint8x16_t)u, vdupq_n_u8(0x80));
    return (IVec)vdotq_s32((int32x4_t)sum, vreinterpretq_s8_u8(turned), (int8x16_t)q);
}

#include "nn/packed_i8_internal.h"
