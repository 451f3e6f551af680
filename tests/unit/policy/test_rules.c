#include "policy/rules.h"

#include "documents.h"

enum { ROOM = 256 << 20, NOW = 1000 };

typedef struct World {
    Arena *kept, *scratch;
    RulesReport report;
    Err err;
} World;

static int with_world(void **state)
{
    static World w;
    w = (World){arena_open(ROOM), arena_open(ROOM), {0}, {0}};
    *state = &w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    arena_close(w->kept);
    arena_close(w->scratch);
    return 0;
}

/* A folder with these rules and, where it is given, rules/list.txt. */
static const RuleBook *read_rules(World *w, const char *yaml, Str list, const Str *benign,
                                  size_t benigns)
{
    Arena *a = w->kept;
    BundleFile *f = arena_array(a, BundleFile, 3);
    Bundle b;
    const Policy *p;
    const RuleBook *book = NULL;
    w->err = (Err){0};
    Str document = policy_document(a, "1", "{score: hate, threshold: 0.5, action: block}");
    assert_true(policy_parse(a, document, "test", &p, &w->err));
    f[0] = (BundleFile){STR("policy.yaml"), document};
    f[1] = (BundleFile){STR("rules/a.yaml"), str_of(yaml)};
    f[2] = (BundleFile){STR("rules/list.txt"), list};
    bundle_of(f, list.ptr ? 3 : 2, &b);
    RulesSource from = {&b, p, "folder", benign, benigns, NOW};
    bool ok = rules_read(a, w->scratch, &from, &w->report, &book, &w->err);
    assert_true(ok == (book != NULL) && ok == (w->report.refused == 0));
    return book;
}

static const RuleBook *good(World *w, const char *yaml)
{
    const RuleBook *b = read_rules(w, yaml, (Str){0}, NULL, 0);
    if (!b)
        fail_msg("%s", w->err.msg);
    return b;
}

static RuleHits matched_as(World *w, const RuleBook *b, Str text, const RuleContext *at)
{
    Folded f;
    RuleHits hits;
    assert_true(normalise(w->scratch, text, &f, &w->err));
    rules_match(b, w->kept, text, &f, at, &hits);
    return hits;
}

static RuleHits matched(World *w, const RuleBook *b, Str text)
{
    return matched_as(w, b, text, &(RuleContext){.now_ms = NOW});
}

/* One rule of a kind with one pattern. */
static const RuleBook *one(World *w, const char *kind, const char *pattern)
{
    return good(w, str_z(w->kept, str_print(w->kept,
                                            "rules:\n- id: r\n  kind: %s\n  owner: o\n"
                                            "  category: hate\n  patterns: ['%s']\n",
                                            kind, pattern)));
}

static void each_kind_matches_what_it_says(void **state)
{
    static const struct {
        const char *kind, *pattern;
        Str text;
        int from, to; /* -1: no hit */
    } rows[] = {
        {"exact",  "NoW",                                                              STR("say NoW!"),                       4,  7 },
        {"exact",  "NoW",                                                              STR("say now!"),                       -1, 0 },
        {"exact",  "NoW",                                                              STR("say NoWhere"),                    -1, 0 },
        {"exact",  "\xf0\x9f\x92\xa9",                                                 STR("a\xf0\x9f\x92\xa9z"),             1,  5 },
        {"phrase", "bad word",                                                         STR("a Bad Word."),                    2,  10},
        {"phrase", "bad word",                                                         STR("a bad   word."),                  2,  12},
        {"phrase", "bad word",                                                         STR("a b.a.d word"),                   2,  12},
        {"phrase", "bad word",                                                         STR("a bad w0rd"),                     2,  10},
        {"phrase", "bad word",                                                         STR("a bad wordy"),                    -1, 0 },
        {"phrase", "bad word",                                                         STR("abad word"),                      -1, 0 },
        {"phrase", "bad",
         STR("\xd0\xb1"
             "bad"),
         -1,                                                                                                                      0 },
        {"phrase", "\xe6\xad\xbb",                                                     STR("\xe6\x83\xb3\xe6\xad\xbb"),       3,  6 },
        {"phrase", "88",                                                               STR("the 88 keys"),                    4,  6 },
        {"phrase",
         "stra\xc3\x9f"
         "e",                                                                          STR("STRASSE frei"),                   0,  7 },
        {"regex",  "kill (him|her)",                                                   STR("we KILL her"),                    3,  11},
        {"regex",  "kill (him|her)",                                                   STR("we k1ll her"),                    3,  11},
        {"regex",  "\\d{3}-\\d{4}",                                                    STR("at 555-1234"),                    3,  11},
        {"regex",  "kill (him|her)",                                                   STR("we kill them"),                   -1, 0 },
        {"url",    "shop.example",                                                     STR("see https://www.Shop.example/x"), 16, 28},
        {"url",    "shop.example",                                                     STR("a.shop.example."),                2,  14},
        {"url",    "shop.example",                                                     STR("myshop.example"),                 -1, 0 },
        {"url",    "shop.example",                                                     STR("shop.example.org"),               -1, 0 },
        {"url",    "shop.example",                                                     STR("shop.examples"),                  -1, 0 },
        {"url",    "https://www.shop.example/buy",                                     STR("shop.example/buy?x"),             0,  16},
        {"url",    "shop.example/buy",                                                 STR("shop.example/buyer"),             -1, 0 },
 /* printf %s 'hello world' | sha256sum */
        {"hash",   "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
         STR("Hello   WORLD "),                                                                                               0,  14},
        {"hash",   "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
         STR("hello world 2"),                                                                                                -1, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        World *w = *state;
        RuleHits h = matched(w, one(w, rows[i].kind, rows[i].pattern), rows[i].text);
        bool right = rows[i].from < 0 ? h.count == 0
                                      : h.count == 1 && (int)h.hit[0].from == rows[i].from &&
                                            (int)h.hit[0].to == rows[i].to;
        if (!right)
            fail_msg("%s %s: %zu hits, %zu to %zu", rows[i].kind, rows[i].pattern, h.count,
                     h.count ? h.hit[0].from : 0, h.count ? h.hit[0].to : 0);
        assert_false(h.capped);
    }
}

static void a_rule_says_all_that_its_file_says(void **state)
{
    World *w = *state;
    const RuleBook *b =
        read_rules(w,
                   "rules:\n- id: a\n  kind: phrase\n  list: list.txt\n  patterns: [gamma]\n"
                   "  category: hate\n  clause: hate.2\n  owner: team\n  expires: 2027-03-01\n"
                   "  dry-run: true\n  locale: de\n  view: folded\n  note: why\n",
                   STR("# a comment\n\nalpha\n beta  \n#hashtag\n"), NULL, 0);
    assert_non_null(b);
    const Rule *r = rules_at(b, 0);
    assert_int_equal(rules_count(b), 1);
    assert_int_equal(r->patterns, 4);
    assert_int_equal(rules_patterns(b), 4);
    assert_int_equal(r->kind, RULE_PHRASE);
    assert_int_equal(r->view, RULE_VIEW_FOLDED);
    assert_int_equal(r->action, ACTION_BLOCK); /* its category's */
    assert_true(r->expires_ms == 1803859200000 && r->dry_run && !r->allow);
    assert_true(str_eq(r->clause, STR("hate.2")) && str_eq(r->owner, STR("team")) &&
                str_eq(r->locale, STR("de")) && str_eq(r->note, STR("why")));
    assert_string_equal(rules_pattern_file(b, 0), "folder/rules/list.txt");
    assert_int_equal(rules_pattern_line(b, 0), 3);
    assert_int_equal(rules_pattern_line(b, 2), 5);
    assert_string_equal(rules_pattern_file(b, 3), "folder/rules/a.yaml");
}

#define RULE(x)  "rules:\n- id: r\n  owner: o\n  category: hate\n" x
#define ALLOW(x) "rules:\n- id: r\n  owner: o\n  kind: phrase\n  patterns: [x]\n" x
static const struct {
    const char *yaml, *why;
} refusals[] = {
    {"rules: 1\n",                                                                   "rules/a.yaml:1: a document of rules"},
    {"- a\n",                                                                        "a document of rules"                },
    {"rules:\n- 7\n",                                                                "a.yaml:2: a rule is a mapping"      },
    {"rules: [\n",                                                                   "a.yaml:"                            },
    {RULE("  kind: phrase\n"),                                                       "a.yaml:2: 'r' has no patterns"      },
    {RULE("  kind: word\n"),                                                         "a.yaml:5: 'kind' is"                },
    {RULE("  patterns: [x]\n"),                                                      "'kind' is"                          },
    {RULE("  kind: phrase\n  color: x\n  patterns: [x]\n"),                          "no key 'color'"                     },
    {RULE("  kind: phrase\n  patterns: x\n"),                                        "'patterns' is a list"               },
    {RULE("  kind: phrase\n  patterns: [[x]]\n"),                                    "a pattern is a text"                },
    {RULE("  kind: phrase\n  patterns: ['']\n"),                                     "an empty pattern"                   },
    {RULE("  kind: phrase\n  patterns: ['...']\n"),                                  "without a word"                     },
    {RULE("  kind: phrase\n  list: no.txt\n"),                                       "a.yaml:6: there is no list 'no.txt'"},
    {RULE("  kind: phrase\n  list: ../policy.yaml\n"),                               "there is no list"                   },
    {RULE("  kind: phrase\n  patterns:\n  - one\n  - two\n  - One\n"),
     "a.yaml:9: listed already, at folder/rules/a.yaml:7"                                                                 },
    {RULE("  kind: hash\n  patterns: [abc]\n"),                                      "64 hexadecimal"                     },
    {RULE("  kind: url\n  patterns: [localhost]\n"),                                 "a host is written"                  },
    {RULE("  kind: url\n  patterns: ['a b.example']\n"),                             "a host is written"                  },
    {RULE("  kind: regex\n  patterns:\n  - 'a.c'\n  - '(a+)+b'\n"),
     "a.yaml:8: at 5: an unbounded"                                                                                       },
    {RULE("  kind: regex\n  patterns: ['(ab){1000}c{1000}']\n"),                     "too large"                          },
    {RULE("  kind: regex\n  patterns: ['a*']\n"),                                    "empty text"                         },
    {RULE("  kind: regex\n  patterns: ['(?=a)']\n"),                                 "looking around"                     },
    {RULE("  kind: phrase\n  patterns: [x]\n  expires: soon\n"),                     "a date is written"                  },
    {RULE("  kind: phrase\n  patterns: [x]\n  expires: 2027-02-29\n"),               "a date is written"                  },
    {RULE("  kind: phrase\n  patterns: [x]\n  action: shout\n"),                     "no action is called 'shout'"        },
    {RULE("  kind: phrase\n  patterns: [x]\n  severity: dire\n"),                    "no severity 'dire'"                 },
    {RULE("  kind: phrase\n  patterns: [x]\n  dry-run: maybe\n"),                    "'dry-run' is true or false"         },
    {RULE("  kind: phrase\n  patterns: [x]\n  view: sideways\n"),                    "'view' is original"                 },
    {RULE("  kind: exact\n  patterns: [x]\n  view: folded\n"),                       "exact has no view"                  },
    {RULE("  kind: phrase\n  patterns: [x]\n  scope: text\n"),                       "only allow rules have a scope"      },
    {RULE("  kind: phrase\n  patterns: [x]\n  lifts: [hate]\n"),
     "only allow rules have 'lifts'"                                                                                      },
    {ALLOW("  category: rudeness\n"),                                                "no category 'rudeness'"             },
    {ALLOW(""),                                                                      "has no 'category'"                  },
    {ALLOW("  action: allow\n"),                                                     "says what it lifts"                 },
    {ALLOW("  action: allow\n  lifts: [nobody]\n"),                                  "is called 'nobody'"                 },
    {ALLOW("  action: allow\n  lifts: [r]\n"),                                       "is called 'r'"                      },
    {ALLOW("  action: allow\n  lifts: [sexual/minors]\n"),                           "'sexual/minors' cannot be lifted"   },
    {ALLOW("  action: allow\n  lifts: [hate]\n  scope: all\n"),                      "'scope' is span or text"            },
    {ALLOW("  action: allow\n  category: hate\n"),                                   "and no category"                    },
    {ALLOW("  action: allow\n  lifts: [m]\n- id: m\n  owner: o\n  kind: phrase\n  "
           "category: sexual/minors\n  patterns: [y]\n"),
     "'m' cannot be lifted"                                                                                               },
    {"rules:\n- {id: a b, owner: o, kind: phrase, category: hate, patterns: [x]}\n",
     "'id' is up to"                                                                                                      },
    {"rules:\n- {id: a, kind: phrase, category: hate, patterns: [x]}\n",             "no 'owner'"                         },
    {"rules:\n- {id: a, owner: o, kind: phrase, category: hate, patterns: [x]}\n"
     "- {id: a, owner: o, kind: phrase, category: hate, patterns: [y]}\n",      "is taken by folder/rules/a.yaml:2"  },
};

static void bad_rules_are_refused_with_place_and_reason(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        World *w = *state;
        ArenaMark mark = arena_mark(w->kept);
        assert_null(read_rules(w, refusals[i].yaml, (Str){0}, NULL, 0));
        assert_int_equal(w->err.code, ERR_INPUT);
        if (!strstr(w->err.msg, refusals[i].why))
            fail_msg("%s\n%s", refusals[i].yaml, w->err.msg);
        arena_rewind(w->kept, mark);
    }
}

static void every_fault_of_the_files_is_reported(void **state)
{
    World *w = *state;
    assert_null(read_rules(w, RULE("  kind: regex\n  list: list.txt\n"),
                           STR("fine\n(a\n\nb+?\n# ok\n(c*)*d\n"), NULL, 0));
    const int lines[] = {2, 4, 6};
    assert_int_equal(w->report.refused, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(w->report.finding[i].line, lines[i]);
        assert_string_equal(w->report.finding[i].file, "folder/rules/list.txt");
    }
    assert_non_null(strstr(w->err.msg, "and 2 more"));
}

static void a_folder_without_rules_is_a_book_without(void **state)
{
    World *w = *state;
    const RuleBook *b = good(w, "rules: []\n");
    assert_int_equal(rules_count(b), 0);
    assert_int_equal(matched(w, b, STR("anything")).count, 0);
}

static void what_hits_benign_texts_is_refused(void **state)
{
    World *w = *state;
    Str benign[300];
    for (int i = 0; i < 300; i++)
        benign[i] =
            str_print(w->kept, "text %d%s%s", i, i < 3 ? " rare" : "", i < 4 ? " oft" : "");
    const char *yaml = RULE("  kind: phrase\n  patterns:\n  - rare\n  - oft\n");
    assert_null(read_rules(w, yaml, (Str){0}, benign, 300));
    assert_int_equal(w->report.finding[0].line, 8);
    assert_non_null(strstr(w->err.msg, "too broad: the pattern matches 4 of 300"));
    assert_non_null(strstr(w->report.finding[1].why, "'r' matches 4 of 300"));
    assert_int_equal(w->report.refused, 2);
    assert_non_null(
        read_rules(w, RULE("  kind: phrase\n  patterns: [rare]\n"), (Str){0}, benign, 300));
    /* an allow rule may be broad where it lifts only what it covers */
    assert_non_null(
        read_rules(w, ALLOW("  action: allow\n  lifts: [hate]\n"), (Str){0}, benign, 300));
    assert_null(read_rules(w,
                           "rules:\n- id: r\n  owner: o\n  kind: phrase\n  patterns: [text]\n"
                           "  action: allow\n  scope: text\n  lifts: [hate]\n",
                           (Str){0}, benign, 300));
}

static void the_benign_sample_is_the_folders_or_the_programs(void **state)
{
    World *w = *state;
    BundleFile f[] = {
        {STR("benign.txt"), STR("one\n\ntwo")}
    };
    Bundle b;
    const Str *text;
    size_t count;
    bundle_of(f, 1, &b);
    rules_benign(w->kept, &b, &text, &count);
    assert_int_equal(count, 2);
    assert_true(str_eq(text[1], STR("two")));
    bundle_of(f, 0, &b);
    rules_benign(w->kept, &b, &text, &count);
    assert_true(count > 900);
    assert_null(
        read_rules(w, RULE("  kind: phrase\n  patterns: [people]\n"), (Str){0}, text, count));
    assert_non_null(strstr(w->err.msg, "too broad"));
    assert_non_null(read_rules(w, RULE("  kind: phrase\n  patterns: [sneezewort]\n"), (Str){0},
                               text, count));
}

static void rules_hold_in_their_time_and_place(void **state)
{
    World *w = *state;
    const RuleBook *b = good(w, RULE("  kind: phrase\n  patterns: [x]\n  expires: 2027-03-01\n"
                                     "  locale: de\n"));
    static const struct {
        Str locale;
        int64_t now;
        size_t hits;
    } rows[] = {
        {STR("de"),    NOW,           1},
        {STR("de-AT"), NOW,           1},
        {STR("den"),   NOW,           0},
        {STR("fr"),    NOW,           0},
        {STR(""),      NOW,           0},
        {STR("de"),    1803859199999, 1},
        {STR("de"),    1803859200000, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        RuleContext at = {rows[i].locale, rows[i].now};
        assert_int_equal(matched_as(w, b, STR("x"), &at).count, rows[i].hits);
    }
}

static void an_expired_rule_is_a_warning(void **state)
{
    World *w = *state;
    good(w, RULE("  kind: phrase\n  patterns: [x]\n  expires: 1970-01-01\n"));
    assert_int_equal(w->report.total, 1);
    assert_false(w->report.finding[0].refused);
    assert_non_null(strstr(w->report.finding[0].why, "expired"));
}

static void an_allow_rule_lifts_only_what_it_names(void **state)
{
    World *w = *state;
    const RuleBook *b = good(
        w, "rules:\n"
           "- {id: cock, owner: o, kind: phrase, category: sexual, patterns: [cock]}\n"
           "- {id: hen, owner: o, kind: phrase, category: hate, patterns: [hoop]}\n"
           "- {id: ok, owner: o, kind: phrase, action: allow, lifts: [cock],"
           " patterns: [cock a hoop]}\n"
           "- {id: quote, owner: o, kind: phrase, action: allow, lifts: [hate], scope: text,"
           " patterns: [as she said]}\n"
           "- {id: dry, owner: o, kind: phrase, action: allow, lifts: [sexual], scope: text,"
           " dry-run: true, patterns: [trial]}\n");
    RuleHits h = matched(w, b, STR("cock a hoop, cock trial"));
    assert_int_equal(h.count, 5);
    assert_int_equal(h.hit[0].lifted_by, 2);
    assert_int_equal(h.hit[1].lifted_by, -1); /* outside of the span */
    assert_int_equal(h.hit[2].lifted_by, -1); /* not named */
    assert_true(rule_hit_stands(b, &h.hit[1]) && !rule_hit_stands(b, &h.hit[0]) &&
                !rule_hit_stands(b, &h.hit[3]) && !rule_hit_stands(b, &h.hit[4]));
    assert_int_equal(h.lifted, 0);
    h = matched(w, b, STR("as she said: hoop and cock"));
    assert_int_equal(h.lifted, 1 << CATEGORY_HATE);
    assert_int_equal(h.lifted_by, 3);
    assert_int_equal(h.hit[0].lifted_by, -1);
    assert_int_equal(h.hit[1].lifted_by, 3);
}

/* Who fills a text with what is allowed does not hide what is not. */
static void a_flood_lifts_nothing(void **state)
{
    World *w = *state;
    const RuleBook *b =
        good(w, "rules:\n"
                "- {id: bad, owner: o, kind: phrase, category: sexual, patterns: [cock]}\n"
                "- {id: last, owner: o, kind: phrase, category: hate, patterns: [zz]}\n"
                "- {id: ok, owner: o, kind: phrase, action: allow, lifts: [bad],"
                " patterns: [cock a hoop]}\n");
    Buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 2000; i++)
        buf_put(&text, STR("cock a hoop "));
    buf_put(&text, STR("cock zz"));
    RuleHits h = matched(w, b, buf_str(&text));
    assert_true(h.capped);
    bool bad = false, last = false;
    for (size_t i = 0; i < h.count; i++) {
        bad |= h.hit[i].rule == 0 && rule_hit_stands(b, &h.hit[i]);
        last |= h.hit[i].rule == 1;
    }
    assert_true(bad && last);
    buf_done(&text);
}

/* Each pattern is in every place, and so is what the expressions need. */
static void a_hostile_list_ends_within_its_bounds(void **state)
{
    World *w = *state;
    Buf list, yaml;
    buf_init(&list, 1 << 20);
    buf_init(&yaml, 1 << 20);
    for (int i = 1; i <= 500; i++) {
        for (int k = 0; k < i; k++)
            buf_byte(&list, 'a');
        buf_byte(&list, '\n');
    }
    buf_put(&yaml, STR("rules:\n"
                       "- {id: words, owner: o, kind: phrase, category: hate, list: list.txt}\n"
                       "- id: expressions\n  owner: o\n  kind: regex\n  category: hate\n"
                       "  patterns:\n"));
    for (int i = 0; i < 200; i++)
        buf_print(&yaml, "  - 'aaa[a-z]{400}%d'\n", i);
    buf_byte(&yaml, 0);
    const RuleBook *b = read_rules(w, buf_str(&yaml).ptr, buf_str(&list), NULL, 0);
    assert_non_null(b);
    char *text = arena_array(w->kept, char, 60000);
    memset(text, 'a', 60000);
    RuleHits h = matched(w, b, (Str){text, 60000});
    assert_true(h.capped);
    buf_done(&list);
    buf_done(&yaml);
}

static void expressions_that_nothing_chooses_are_few(void **state)
{
    World *w = *state;
    Buf yaml;
    buf_init(&yaml, 1 << 20);
    buf_put(&yaml, STR(RULE("  kind: regex\n  patterns:\n")));
    for (int i = 0; i < 60; i++)
        buf_print(&yaml, "  - '[a-z]{99}%d'\n", i);
    buf_byte(&yaml, 0);
    assert_null(read_rules(w, buf_str(&yaml).ptr, (Str){0}, NULL, 0));
    assert_non_null(strstr(w->err.msg, "without a literal"));
    buf_done(&yaml);
}

/* Tens of thousands, read and found again. */
static void every_pattern_of_a_long_list_is_found(void **state)
{
    World *w = *state;
    Buf list;
    buf_init(&list, 1 << 20);
    for (int i = 0; i < 20000; i++)
        buf_print(&list, "word%dx\n", i);
    const RuleBook *b =
        read_rules(w, RULE("  kind: phrase\n  list: list.txt\n"), buf_str(&list), NULL, 0);
    assert_int_equal(rules_patterns(b), 20000);
    for (int i = 0; i < 20000; i += 997) {
        RuleHits h = matched(w, b, str_print(w->kept, "a word%dx here", i));
        assert_int_equal(h.count, 1);
        assert_int_equal(rules_pattern_line(b, h.hit[0].pattern), i + 1);
    }
    buf_done(&list);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_matches_what_it_says),
        TEST(a_rule_says_all_that_its_file_says),
        TEST(bad_rules_are_refused_with_place_and_reason),
        TEST(every_fault_of_the_files_is_reported),
        TEST(a_folder_without_rules_is_a_book_without),
        TEST(what_hits_benign_texts_is_refused),
        TEST(the_benign_sample_is_the_folders_or_the_programs),
        TEST(rules_hold_in_their_time_and_place),
        TEST(an_expired_rule_is_a_warning),
        TEST(an_allow_rule_lifts_only_what_it_names),
        TEST(a_flood_lifts_nothing),
        TEST(a_hostile_list_ends_within_its_bounds),
        TEST(expressions_that_nothing_chooses_are_few),
        TEST(every_pattern_of_a_long_list_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
