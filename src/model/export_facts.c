/* export_facts.c - see export_internal.h. */
#include "model/export_internal.h"

enum { VOCAB_JSON_MAX = 16 << 20 };

static Str factor_list(Arena *a)
{
    Str list = factor_name((Factor)0);
    for (int f = 1; f < FACTOR_COUNT; f++)
        list =
            str_print(a, STR_FMT "," STR_FMT, STR_ARG(list), STR_ARG(factor_name((Factor)f)));
    return list;
}

bool export_facts(Arena *a, const ReleaseParts *p, const Digest *digest,
                  ExportFact out[EXPORT_FACTS], Err *err)
{
    Buf vocab;
    char hex[DIGEST_HEX_SIZE];
    digest_hex(digest, hex);
    buf_init(&vocab, VOCAB_JSON_MAX);
    vocab_print_json(p->vocab, &vocab);
    if (!buf_ok(&vocab, err)) {
        buf_done(&vocab);
        return err_wrap(err, "vocabulary");
    }
    int at = 0;
    out[at++] = (ExportFact){"gavel_release", p->name};
    out[at++] = (ExportFact){"gavel_digest", str_copy(a, str_of(hex))};
    out[at++] = (ExportFact){"window_pieces", str_print(a, "%d", p->windows.pieces)};
    out[at++] = (ExportFact){"window_stride", str_print(a, "%d", p->windows.stride)};
    out[at++] = (ExportFact){"factors", factor_list(a)};
    out[at++] = (ExportFact){"vocab", str_copy(a, buf_str(&vocab))};
    buf_done(&vocab);
    return true;
}
