/* encode_texts RELEASE < texts - what the float kernels make of the encoder tier: for each line
 * of the input its windows' pieces and logits and its own logits, as one line of JSON.
 *
 * tests/e2e/onnx.sh lets ONNX Runtime compute the same.  The weights are the float32 ones that
 * `gavel release export` writes, whatever the release keeps them in.
 */
#include "base/js.h"
#include "model/release.h"
#include "nn/pool.h"

#include <stdio.h>

enum { LINE_MAX_BYTES = 20000, MAX_PIECES = 4096, ANSWER_MAX = 8 << 20 };

static void print_floats(JsWriter *w, const char *key, const float *x, size_t n)
{
    js_key(w, key);
    js_array(w);
    for (size_t i = 0; i < n; i++)
        js_double(w, (double)x[i]);
    js_end_array(w);
}

static void print_windows(JsWriter *w, const WindowBatch *b)
{
    js_key(w, "windows");
    js_array(w);
    for (int i = 0; i < b->count; i++) {
        js_array(w);
        for (int32_t k = b->start[i]; k < b->start[i + 1]; k++)
            js_i64(w, b->piece[k]);
        js_end_array(w);
    }
    js_end_array(w);
}

static void encode(Arena *a, const ReleaseParts *p, const Kernels *k, Str text, JsWriter *w)
{
    Err err = {0};
    Pieces pieces;
    WindowBatch batch;
    if (!tokenize(p->vocab, a, text, MAX_PIECES, &pieces, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return;
    }
    size_t count = windows_count(&p->windows, pieces.count);
    windows_cut(a, &p->windows, &pieces, 0, count, &batch);
    float *pooled = arena_array(a, float, count *ENCODER_WIDTH);
    float *logit = arena_array(a, float, count *FACTOR_COUNT), all[FACTOR_COUNT];
    encoder_forward(k, p->encoder, a, &batch, pooled);
    network_windows(k, p->network, pooled, (int)count, logit);
    pool_forward(logit, p->network->pool_s, (int)count, FACTOR_COUNT, all);
    js_object(w);
    print_windows(w, &batch);
    print_floats(w, "window_logits", logit, count * FACTOR_COUNT);
    print_floats(w, "text_logits", all, FACTOR_COUNT);
    js_end_object(w);
}

int main(int argc, char **argv)
{
    static char line[LINE_MAX_BYTES];
    Arena *a = arena_open((size_t)1 << 30);
    const Kernels *k;
    Release *r;
    ReleaseParts parts;
    Err err = {0};
    Buf out;
    if (argc != 2 || !kernels_find(STR("reference"), &k, &err) ||
        !release_open(argv[1], k, &r, &err) || !release_parts(r, a, &parts, &err)) {
        fprintf(stderr, "encode_texts: %s\n", argc == 2 ? err.msg : "give a release");
        return 1;
    }
    buf_init(&out, ANSWER_MAX);
    while (fgets(line, sizeof line, stdin)) {
        JsWriter w = js_writer(&out);
        ArenaMark mark = arena_mark(a);
        encode(a, &parts, k, (Str){line, strcspn(line, "\n")}, &w);
        arena_rewind(a, mark);
        buf_byte(&out, '\n');
    }
    bool ok = buf_ok(&out, &err) && fwrite(out.ptr, 1, out.len, stdout) == out.len;
    buf_done(&out);
    release_close(r);
    arena_close(a);
    return ok ? 0 : 1;
}
