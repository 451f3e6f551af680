#include "text/confusable.h"

#include "text/confusable_internal.h"

char confusable(uint32_t c, ConfusableKind *kind)
{
    int low = 0, high = confusable_count;
    while (low < high) {
        int mid = (low + high) / 2;
        if (confusable_table[mid].code_point < c)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == confusable_count || confusable_table[low].code_point != c) {
        *kind = CONFUSABLE_NONE;
        return 0;
    }
    *kind = (ConfusableKind)confusable_table[low].kind;
    return confusable_table[low].letter;
}

char pictured_letter(uint32_t c)
{
    static const uint32_t first[] = {0x1f150, 0x1f170, 0x1f1e6};
    for (int i = 0; i < 3; i++)
        if (c >= first[i] && c < first[i] + 26)
            return (char)('a' + (int)(c - first[i]));
    return 0;
}
