/* bench_rules.c - how long 50,000 patterns take to load, and what they cost a text:
 * `name value unit` lines.
 *
 * The list is made, not taken from anybody: 45,000 phrases of one to three made-up words,
 * 4,000 hosts, 1,000 expressions.  The short texts are the benign sample's kind of sentence
 * (a hundred bytes) with made-up words among theirs, so that the automaton goes deep and hits.
 * The hostile list is every run of one letter; its text is that letter.
 */
#include "base/clock.h"
#include "base/map.h"
#include "policy/rules.h"

#include <stdio.h>
#include <stdlib.h>

enum { PHRASES = 48000, HOSTS = 4000, EXPRESSIONS = 1000, TEXTS = 2000, ROUNDS = 9 };

static const char *const syllables[] = {"ba", "ko",  "ri", "ten", "mo",  "sha", "lu", "per",
                                        "ni", "dor", "va", "ex",  "qui", "zan", "fe", "hol"};
static const char *const usual[] = {"the",   "committee", "will", "meet",   "on",    "Tuesday",
                                    "about", "budget",    "next", "please", "order", "arrived",
                                    "late",  "and",       "box",  "open",   "was",   "return"};

typedef struct Bench {
    Arena *kept, *scratch;
    uint64_t seed;
} Bench;

static void check(bool ok, const Err *err)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", err->msg);
    exit(1);
}

static uint32_t draw(Bench *b, uint32_t below)
{
    b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(b->seed >> 33) % below;
}

static void put_word(Bench *b, Buf *out, uint32_t least)
{
    for (uint32_t n = least + draw(b, 3); n; n--)
        buf_put(out, str_of(syllables[draw(b, 16)]));
}

static void put_list(Bench *b, Buf *phrases, Buf *hosts, Buf *expressions)
{
    for (int i = 0; i < PHRASES; i++) {
        for (uint32_t n = 1 + draw(b, 3); n; n--) {
            put_word(b, phrases, 3);
            buf_byte(phrases, n > 1 ? ' ' : '\n');
        }
    }
    for (int i = 0; i < HOSTS; i++) {
        put_word(b, hosts, 2);
        buf_print(hosts, "%d.example\n", i);
    }
    for (int i = 0; i < EXPRESSIONS; i++) {
        put_word(b, expressions, 2);
        buf_print(expressions, "%d? (me|you|them)\\b.{0,20}\\d{2,6}\n", i);
    }
}

/* A list without what stands in it twice: the reader refuses that. */
static Str without_twins(Bench *b, Str text)
{
    char *out = arena_array(b->kept, char, text.len);
    Map *seen = map_new(b->scratch, PHRASES);
    size_t n = 0;
    for (Str line; str_cut(&text, '\n', &line);) {
        if (!line.len || map_has(seen, line))
            continue;
        map_put(seen, line, 1);
        memcpy(out + n, line.ptr, line.len);
        n += line.len;
        out[n++] = '\n';
    }
    return (Str){out, n};
}

static Bundle bundle(Bench *b, const char *yaml, Str phrases, Str hosts, Str expressions)
{
    BundleFile *f = arena_array(b->kept, BundleFile, 4);
    f[0] = (BundleFile){STR("rules/a.yaml"), str_of(yaml)};
    f[1] = (BundleFile){STR("rules/phrases.txt"), phrases};
    f[2] = (BundleFile){STR("rules/hosts.txt"), hosts};
    f[3] = (BundleFile){STR("rules/expressions.txt"), expressions};
    Bundle out;
    bundle_of(f, 4, &out);
    return out;
}

static double seconds_since(int64_t start) { return (double)(clock_mono_ns() - start) * 1e-9; }

static const RuleBook *load(Bench *b, const Bundle *from, const Policy *p, double *seconds)
{
    Err err = {0};
    RulesReport report;
    const RuleBook *book;
    RulesSource source = {.bundle = from, .policy = p, .name = "bench"};
    int64_t start = clock_mono_ns();
    check(rules_read(b->kept, b->scratch, &source, &report, &book, &err), &err);
    *seconds = seconds_since(start);
    return book;
}

/* Microseconds a text, folding aside or with it: the best of the rounds. */
static double match(Bench *b, const RuleBook *book, const Str *text, size_t count, bool fold,
                    size_t *hits)
{
    Err err = {0};
    double best = 1e9;
    Folded *folded = arena_array(b->kept, Folded, count);
    for (size_t i = 0; i < count; i++)
        check(normalise(b->kept, text[i], &folded[i], &err), &err);
    for (int round = 0; round < ROUNDS; round++) {
        *hits = 0;
        int64_t start = clock_mono_ns();
        for (size_t i = 0; i < count; i++) {
            ArenaMark mark = arena_mark(b->scratch);
            RuleHits found;
            if (fold)
                check(normalise(b->scratch, text[i], &folded[i], &err), &err);
            rules_match(book, b->scratch, text[i], &folded[i], &(RuleContext){0}, &found);
            *hits += found.count;
            if (!fold)
                arena_rewind(b->scratch, mark);
            else
                arena_reset(b->scratch);
        }
        double took = seconds_since(start) / (double)count * 1e6;
        best = took < best ? took : best;
    }
    return best;
}

static void bench_list(Bench *b, const Policy *p)
{
    Buf phrases, hosts, expressions, words;
    buf_init(&phrases, 16 << 20), buf_init(&hosts, 1 << 20);
    buf_init(&expressions, 1 << 20), buf_init(&words, 1 << 20);
    put_list(b, &phrases, &hosts, &expressions);
    Bundle from =
        bundle(b,
               "rules:\n"
               "- {id: p, owner: o, kind: phrase, category: hate, list: phrases.txt}\n"
               "- {id: u, owner: o, kind: url, category: illicit, list: hosts.txt}\n"
               "- {id: r, owner: o, kind: regex, category: hate,"
               " list: expressions.txt}\n",
               without_twins(b, buf_str(&phrases)), without_twins(b, buf_str(&hosts)),
               buf_str(&expressions));
    Str *text = arena_array(b->kept, Str, TEXTS);
    for (int i = 0; i < TEXTS; i++) {
        buf_clear(&words);
        while (words.len < 100) {
            if (draw(b, 5) == 0)
                put_word(b, &words, 1);
            else
                buf_put(&words, str_of(usual[draw(b, 18)]));
            buf_byte(&words, ' ');
        }
        text[i] = str_copy(b->kept, str_trim(buf_str(&words)));
    }
    double least = 1e9, seconds;
    const RuleBook *book = NULL;
    for (int i = 0; i < 3; i++) {
        book = load(b, &from, p, &seconds);
        least = seconds < least ? seconds : least;
    }
    size_t hits;
    printf("rules_patterns %zu patterns\n", rules_patterns(book));
    printf("rules_load %.3f s\n", least);
    printf("rules_match_short %.2f us\n", match(b, book, text, TEXTS, false, &hits));
    printf("rules_hits_short %.2f hits\n", (double)hits / TEXTS);
    printf("rules_fold_and_match_short %.2f us\n", match(b, book, text, TEXTS, true, &hits));
    buf_done(&phrases), buf_done(&hosts), buf_done(&expressions), buf_done(&words);
}

static void bench_hostile(Bench *b, const Policy *p)
{
    Buf runs, expressions;
    buf_init(&runs, 1 << 20), buf_init(&expressions, 1 << 20);
    for (int i = 1; i <= 512; i++) {
        for (int k = 0; k < i; k++)
            buf_byte(&runs, 'a');
        buf_byte(&runs, '\n');
    }
    for (int i = 0; i < 500; i++)
        buf_print(&expressions, "aaa[a-z]{0,500}[a-z]{900}%d\n", i);
    Bundle from =
        bundle(b,
               "rules:\n"
               "- {id: p, owner: o, kind: phrase, category: hate, list: phrases.txt}\n"
               "- {id: r, owner: o, kind: regex, category: hate,"
               " list: expressions.txt}\n",
               buf_str(&runs), STR(""), buf_str(&expressions));
    double seconds;
    const RuleBook *book = load(b, &from, p, &seconds);
    char *text = arena_array(b->kept, char, 65536);
    memset(text, 'a', 65536);
    size_t hits;
    printf("rules_hostile_load %.3f s\n", seconds);
    printf("rules_hostile_100_bytes %.0f us\n",
           match(b, book, &(Str){text, 100}, 1, false, &hits));
    printf("rules_hostile_64_kib %.0f us\n",
           match(b, book, &(Str){text, 65536}, 1, false, &hits));
    buf_done(&runs), buf_done(&expressions);
}

int main(void)
{
    Bench b = {arena_open((size_t)2 << 30), arena_open((size_t)1 << 30), 42};
    Err err = {0};
    Bundle shipped;
    const Policy *p;
    check(bundle_load(b.kept, "policies/openai-13", &shipped, &err) &&
              bundle_policy(b.kept, &shipped, "policies/openai-13", &p, &err),
          &err);
    bench_list(&b, p);
    bench_hostile(&b, p);
    arena_close(b.kept);
    arena_close(b.scratch);
    return 0;
}
