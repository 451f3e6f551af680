#include "test.h"

#include "base/file.h"
#include "base/yaml.h"
#include "policy/policy.h"

#include <math.h>
#include <stdio.h>

/* A whole policy in which only the lines under test differ. */
static Str document(Arena *a, const char *hate, const char *minors)
{
    return str_print(a,
                     "id: test\n"
                     "version: 1\n"
                     "categories:\n"
                     "  harassment: {score: insult}\n"
                     "  harassment/threatening: {score: threat}\n"
                     "  sexual: {score: sexual}\n"
                     "  hate: %s\n"
                     "  hate/threatening: {score: threat}\n"
                     "  illicit: {score: wrongdoing}\n"
                     "  illicit/violent: {score: weapon}\n"
                     "  self-harm/intent: {score: self-harm-intent}\n"
                     "  self-harm/instructions: {score: self-harm-instructions}\n"
                     "  self-harm: {score: self-harm}\n"
                     "  sexual/minors: %s\n"
                     "  violence: {score: violence}\n"
                     "  violence/graphic: {score: gore}\n",
                     hate, minors);
}

static const char *const MINORS = "{score: {all: [sexual, minor-reference]}}";

static const Policy *with_hate(Arena *a, const char *hate)
{
    const Policy *p = NULL;
    Err err = {0};
    if (!policy_parse(a, document(a, hate, MINORS), "t", &p, &err))
        fail_msg("%s", err.msg);
    return p;
}

static double hate_of(const Policy *p, float hate, float insult, float threat)
{
    float f[FACTOR_COUNT] = {
        [FACTOR_HATE] = hate, [FACTOR_INSULT] = insult, [FACTOR_THREAT] = threat};
    double c[CATEGORY_COUNT];
    policy_compose(p, f, c);
    return c[CATEGORY_HATE];
}

static void compositions_mean_what_the_header_says(void **state)
{
    static const struct {
        const char *score;
        double want; /* at hate .5, insult .25, threat .2 */
    } cases[] = {
        {"hate",                                                            .5          },
        {"{all: [hate, insult]}",                                           .125        },
        {"{any: [hate, insult]}",                                           1 - .5 * .75},
        {"{most: [hate, insult, threat]}",                                  .5          },
        {"{not: insult}",                                                   .75         },
        {"{share: 0.4, of: hate}",                                          .2          },
        {"{all: [{not: threat}, {any: [insult, {share: 0.5, of: hate}]}]}",
         .8 * (1 - .75 * .75)                                                           },
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Policy *p = with_hate(a, str_z(a, str_print(a, "{score: %s}", cases[i].score)));
        assert_true(fabs(hate_of(p, .5f, .25f, .2f) - cases[i].want) < 1e-7);
    }
}

static void bad_documents_are_refused_at_their_place(void **state)
{
    static const struct {
        const char *hate, *minors, *message;
    } cases[] = {
        {"{score: hat}",                                                          NULL,                                        "t:7:17: no factor is called 'hat'"                    },
        {"{score: {all: hate}}",                                                  NULL,                                        "t:7:23: wants a list, not a string"                   },
        {"{score: {all: []}}",                                                    NULL,                                        "t:7:23: an empty list says nothing"                   },
        {"{score: {both: [hate, insult]}}",                                       NULL,                                        "t:7:17: no composition is called 'both'"              },
        {"{score: {all: [hate], any: [hate]}}",                                   NULL,
         "t:7:17: a composition has one key: all, any, most, not or share"                                                                                                            },
        {"{score: {share: 2, of: hate}}",                                         NULL,
         "t:7:25: 'share' must be a number above 0, at most 1"                                                                                                                        },
        {"{score: {share: 0, of: hate}}",                                         NULL,
         "t:7:25: 'share' must be a number above 0, at most 1"                                                                                                                        },
        {"{score: {share: 0.5}}",                                                 NULL,                                        "t:7:17: a share wants both 'share' and 'of'"          },
        {"{score: {share: 0.5, of: hate, by: 1}}",                                NULL,                                        "t:7:44: a share has no key 'by'"                      },
        {"{score: 1}",                                                            NULL,                                        "t:7:17: wants a factor or a composition, not a number"},
        {"{action: flag}",                                                        NULL,                                        "t:7:9: the category has no 'score'"                   },
        {"hate",                                                                  NULL,                                        "t:7:9: a category wants keys, not a string"           },
        {"{score: hate, action: shout}",                                          NULL,
         "t:7:31: 'action' is allow, flag, review, hold, escalate or block"                                                                                                           },
        {"{score: hate, action: none}",                                           NULL,
         "t:7:31: 'action' is allow, flag, review, hold, escalate or block"                                                                                                           },
        {"{score: hate, threshold: 0}",                                           NULL,
         "t:7:34: 'threshold' must be a number above 0, at most 1"                                                                                                                    },
        {"{score: hate, threshold: x}",                                           NULL,
         "t:7:34: 'threshold' must be a number above 0, at most 1"                                                                                                                    },
        {"{score: hate, precision: 1}",                                           NULL,
         "t:7:34: 'precision' must be a number above 0, at most 0.999"                                                                                                                },
        {"{score: hate, false-positives: 0.6}",                                   NULL,
         "t:7:40: 'false-positives' must be a number above 0, at most 0.5"                                                                                                            },
        {"{score: hate, threshold: 0.5, precision: 0.9}",                         NULL,
         "t:7:9: a category with a 'threshold' leaves nothing to choose by 'precision' or "
         "'false-positives'"                                                                                                                                                          },
        {"{score: hate, weight: 1}",                                              NULL,                                        "t:7:31: a category has no key 'weight'"               },
        {"{score: hate, about: 3}",                                               NULL,                                        "t:7:30: 'about' must be text"                         },
        {"{score: hate}\n  love: {score: hate}",                                  NULL,                                        "t:8:9: no category is called 'love'"                  },
        {"{score: {not: {not: {not: {not: {not: {not: {not: {not: hate}}}}}}}}}", NULL,
         "t:7:65: nested deeper than 8"                                                                                                                                               },
        {"{score: hate}",                                                         "{score: sexual}",
         "t:14:26: sexual/minors is {all: [sexual, minor-reference]} and nothing else"                                                                                                },
        {"{score: hate}",                                                         "{score: {all: [sexual, insult]}}",
         "t:14:26: sexual/minors is {all: [sexual, minor-reference]} and nothing else"                                                                                                },
        {"{score: hate}",                                                         "{score: {any: [sexual, minor-reference]}}",
         "t:14:26: sexual/minors is {all: [sexual, minor-reference]} and nothing else"                                                                                                },
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Policy *p = NULL;
        Err err = {0};
        ArenaMark mark = arena_mark(a);
        Str text = document(a, cases[i].hate, cases[i].minors ? cases[i].minors : MINORS);
        assert_false(policy_parse(a, text, "t", &p, &err));
        assert_null(p);
        assert_int_equal(err.code, ERR_INPUT);
        assert_string_equal(err.msg, cases[i].message);
        arena_rewind(a, mark);
    }
}

static void bad_heads_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"",                                  "t:0:0: a policy wants keys, not null"         },
        {"[1]",                               "t:1:1: a policy wants keys, not an array"     },
        {"id: x",                             "t:1:1: the policy has no 'version'"           },
        {"id: ''\nversion: 1",                "t:1:5: 'id' must be a word"                   },
        {"id: [x]\nversion: 1",               "t:1:5: 'id' must be a word"                   },
        {"id: a/b\nversion: 1",
         "t:1:5: 'id' may hold letters, digits, dot, dash and underscore"                    },
        {"id: x\nversion: 1\nlaw: 2",         "t:3:6: a policy has no key 'law'"             },
        {"id: x\nversion: 1",                 "t:1:1: the policy has no 'categories'"        },
        {"id: x\nversion: 1\ncategories: 3",  "t:3:13: 'categories' wants keys, not a number"},
        {"id: x\nversion: 1\ncategories: {}", "t:3:13: the category 'harassment' is missing" },
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Policy *p = NULL;
        Err err = {0};
        assert_false(policy_parse(a, str_of(cases[i].text), "t", &p, &err));
        assert_string_equal(err.msg, cases[i].message);
    }
}

/* An own taxonomy of two categories; `a` and `more` differ. */
static bool own(Arena *a, const char *first, const char *more, const Policy **out, Err *err)
{
    Str text = str_print(a,
                         "id: own\n"
                         "version: 1\n"
                         "taxonomy: own\n"
                         "routes: [crisis]\n"
                         "severities: [low, mid, high]\n"
                         "signals: {polls: ['Vote for', 'b.a.l.l.o.t']}\n"
                         "categories:\n"
                         "  rude: %s\n"
                         "  campaign: {score: {signal: polls}, threshold: 0.5}\n%s",
                         first, more);
    return policy_parse(a, text, "t", out, err);
}

static void faults_of_an_own_taxonomy_are_refused_at_their_place(void **state)
{
    static const struct {
        const char *rude, *more, *message;
    } cases[] = {
        {"{score: insult}",                                                                   "",
         "t:8:9: a category of one's own needs a 'threshold': no release has one"                                                                                                                   },
        {"{score: insult, threshold: 0.5}",                                                   "  hate: {score: hate, threshold: .5}\n",
         "t:10:9: 'hate' is a category of the endpoint; one's own needs another name"                                                                                                               },
        {"{score: {signal: poll}, threshold: 0.5}",                                           "",                                       "t:8:26: no signal is called 'poll'"                        },
        {"{score: {category: mild}, threshold: 0.5}",                                         "",
         "t:8:28: no category of this policy is called 'mild'"                                                                                                                                      },
        {"{score: {category: rude}, threshold: 0.5}",                                         "",
         "t:8:17: the category is composed of itself, in a circle"                                                                                                                                  },
        {"{score: {any: [insult, {category: x}]}, threshold: 0.5}",
         "  x: {score: {not: {category: rude}}, threshold: 0.5}\n",                                                                     "t:10:20: the category is composed of itself, in a circle"  },
        {"{score: insult, threshold: 0.5, route: police}",                                    "",
         "t:8:48: no route is called 'police'"                                                                                                                                                      },
        {"{score: insult, threshold: 0.5, severities: {bad: {from: 0.6}}}",                   "",
         "t:8:59: no severity is called 'bad'"                                                                                                                                                      },
        {"{score: insult, threshold: 0.5, severities: {low: {}}}",                            "",
         "t:8:59: the severity has no 'from'"                                                                                                                                                       },
        {"{score: insult, threshold: 0.5, severities: {low: {from: 0.6}, mid: {from: 0.6}}}",
         "",                                                                                                                            "t:8:77: the ladder does not rise: 'mid' stands above 'low'"},
        {"{score: insult, threshold: 0.5, severities: {mid: {from: 0.6}, low: {from: 0.7}}}",
         "",                                                                                                                            "t:8:77: the ladder does not rise: 'low' stands above 'mid'"},
        {"{score: insult, threshold: 0.5, severities: {low: {from: 0.6, action: block}, mid: "
         "{from: 0.7, action: flag}}}",                                              "",                                       "t:8:92: the ladder does not rise: 'mid' stands above 'low'"},
        {"{score: insult, threshold: 0.5, unsure: {from: 0.6, until: 0.6}}",                  "",
         "t:8:49: 'unsure' wants 'from' below 'until'"                                                                                                                                              },
        {"{score: insult, threshold: 0.5, unsure: {from: 0.6}}",                              "",
         "t:8:49: 'unsure' wants 'from' below 'until'"                                                                                                                                              },
        {"{score: insult, threshold: 0.5, contested: true, action: block}",                   "",
         "t:8:66: what is contested is never blocked"                                                                                                                                               },
        {"{score: insult, threshold: 0.5, contested: yes}",                                   "",
         "t:8:52: 'contested' must be true or false"                                                                                                                                                },
        {"{score: insult, threshold: 0.5, clause: 'a b'}",                                    "",
         "t:8:49: 'clause' must be a name of letters, digits, dot, dash and underscore"                                                                                                             },
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Policy *p = NULL;
        Err err = {0};
        if (own(a, cases[i].rude, cases[i].more, &p, &err))
            fail_msg("%s read", cases[i].rude);
        assert_null(p);
        assert_string_equal(err.msg, cases[i].message);
    }
}

static void compositions_that_grow_out_of_hand_are_refused(void **state)
{
    Arena *a = *state;
    const Policy *p;
    Err err = {0};
    const char *ten = "{category: %c}, {category: %c}, {category: %c}, {category: %c}, "
                      "{category: %c}, {category: %c}, {category: %c}, {category: %c}";
    Str more = STR("");
    for (char c = 'a'; c < 'f'; c++) {
        char d = (char)(c + 1);
        Str list = str_print(a, ten, d, d, d, d, d, d, d, d);
        more = str_print(a, STR_FMT "  %c: {threshold: 0.5, score: {any: [" STR_FMT "]}}\n",
                         STR_ARG(more), c, STR_ARG(list));
    }
    more = str_print(a, STR_FMT "  f: {threshold: 0.5, score: hate}\n", STR_ARG(more));
    assert_false(own(a, "{score: insult, threshold: 0.5}", more.ptr, &p, &err));
    assert_non_null(strstr(err.msg, "the composition is too large"));
}

static void signals_are_heard_as_whole_words_of_the_folded_text(void **state)
{
    static const struct {
        const char *text;
        bool heard;
    } cases[] = {
        {"Vote for anyone",      true },
        {"they vote FOR us!",    true },
        {"v\xd0\xbete for us",   true }, /* a Cyrillic o */
        {"devote for us",        false},
        {"vote fort",            false},
        {"vote\nfor",            true },
        {"ballot",               true },
        {"ballots",              false},
        {"\xe4\xb8\xadvote for", false},
        {"",                     false},
    };
    Arena *a = *state;
    const Policy *p;
    Err err = {0};
    assert_true(own(a, "{score: insult, threshold: 0.5}", "", &p, &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool signal[1] = {false};
        float f[FACTOR_COUNT] = {0};
        assert_true(policy_hear(p, a, str_of(cases[i].text), signal, &err));
        if (signal[0] != cases[i].heard)
            fail_msg("%s: %d", cases[i].text, signal[0]);
        assert_true(policy_score(p, 1, f, signal) == (cases[i].heard ? 1. : 0.));
        assert_true(policy_score(p, 1, f, NULL) == 0.);
    }
}

static void an_own_taxonomy_has_nothing_for_the_thirteen(void **state)
{
    const Policy *p;
    Err err = {0};
    float f[FACTOR_COUNT], label[CATEGORY_COUNT];
    double c[CATEGORY_COUNT];
    assert_true(
        own(*state, "{score: {not: {category: campaign}}, threshold: 0.5}", "", &p, &err));
    for (int i = 0; i < FACTOR_COUNT; i++)
        f[i] = 1;
    policy_compose(p, f, c);
    policy_compose_labels(p, f, label);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        assert_true(c[i] == 0. && isnan(label[i]));
    assert_true(policy_score(p, 0, f, NULL) == 1.);
    assert_false(policy_fits_release(p, &err));
    assert_true(isnan(policy_threshold(p, CATEGORY_HATE)));
}

static void an_overlay_overrides_single_members(void **state)
{
    static const struct {
        const char *overlay, *message; /* NULL: it reads */
    } cases[] = {
        {"categories: {rude: {threshold: 0.7}}",          NULL                                       },
        {"categories: {rude: {action: block}}",           NULL                                       },
        {"categories: {loud: {threshold: 0.7}}",          "o:1:20: the policy has no category 'loud'"},
        {"signals: {pols: [x]}",                          "o:1:17: the policy has no signal 'pols'"  },
        {"categories: {rude: {threshold: 0.95}}",         NULL                                       },
        {"categories: {rude: {score: {category: rude}}}",
         "o:1:28: the category is composed of itself, in a circle"                                   },
    };
    Arena *a = *state;
    const Policy *p, *q;
    assert_true(own(a, "{score: insult, threshold: 0.5, severities: {high: {from: 0.9}}}", "",
                    &p, &(Err){0}));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = {0};
        const Js *doc;
        assert_true(yaml_parse(a, str_of(cases[i].overlay), "o", &doc, &err));
        bool ok = policy_overlay(a, p, doc, "o", &q, &err);
        assert_string_equal(err.msg, cases[i].message ? cases[i].message : "");
        assert_int_equal(ok, cases[i].message == NULL);
    }
    const Js *doc;
    Err err = {0};
    assert_true(yaml_parse(a,
                           STR("signals: {polls: [exit poll]}\n"
                               "categories: {rude: {threshold: 0.7}}"),
                           "o", &doc, &err));
    assert_true(policy_overlay(a, p, doc, "o", &q, &err));
    assert_true(policy_category(q, 0)->threshold == .7);
    assert_true(policy_category(p, 0)->threshold == .5);
    assert_int_equal(policy_category(q, 0)->rung_count, 1);
    assert_true(str_eq(policy_signal(q, 0)->phrase[0], STR("exit poll")));
    assert_true(str_eq(policy_signal(p, 0)->phrase[0], STR("vote for")));
}

static void an_oversized_document_is_refused(void **state)
{
    Arena *big = arena_open((size_t)4 << 20);
    Err err = {0};
    const Policy *p = NULL;
    Str text = {arena_array(big, char, POLICY_MAX_BYTES + 1), POLICY_MAX_BYTES + 1};
    assert_false(policy_parse(*state, text, "t", &p, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_close(big);
}

/* U stands for unknown. */
#define U NAN

static void labels_compose_three_valued(void **state)
{
    static const struct {
        const char *score;
        float hate, insult, want;
    } cases[] = {
        {"{all: [hate, insult]}",                    0,    0,    0   },
        {"{all: [hate, insult]}",                    0,    1,    0   },
        {"{all: [hate, insult]}",                    1,    1,    1   },
        {"{all: [hate, insult]}",                    0,    U,    0   },
        {"{all: [hate, insult]}",                    U,    0,    0   },
        {"{all: [hate, insult]}",                    1,    U,    U   },
        {"{all: [hate, insult]}",                    U,    U,    U   },
        {"{any: [hate, insult]}",                    0,    0,    0   },
        {"{any: [hate, insult]}",                    1,    0,    1   },
        {"{any: [hate, insult]}",                    1,    U,    1   },
        {"{any: [hate, insult]}",                    U,    1,    1   },
        {"{any: [hate, insult]}",                    0,    U,    U   },
        {"{any: [hate, insult]}",                    U,    U,    U   },
        {"{most: [hate, insult]}",                   1,    U,    1   },
        {"{most: [hate, insult]}",                   0,    U,    U   },
        {"{not: hate}",                              0,    U,    1   },
        {"{not: hate}",                              1,    U,    0   },
        {"{not: hate}",                              U,    U,    U   },
        {"{all: [hate, insult]}",                    .75f, .75f, .75f}, /* votes: not a product */
        {"{any: [hate, insult]}",                    .25f, .25f, .25f},
 /* weak evidence never makes a label, known or not */
        {"{any: [insult, {share: 0.25, of: hate}]}", 1,    0,    .25f},
        {"{any: [insult, {share: 0.25, of: hate}]}", U,    0,    .25f},
        {"{any: [insult, {share: 0.25, of: hate}]}", U,    1,    1   },
        {"{any: [insult, {share: 0.25, of: hate}]}", 1,    U,    U   },
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ArenaMark mark = arena_mark(a);
        const Policy *p = with_hate(a, str_z(a, str_print(a, "{score: %s}", cases[i].score)));
        float f[FACTOR_COUNT], c[CATEGORY_COUNT];
        for (int j = 0; j < FACTOR_COUNT; j++)
            f[j] = NAN;
        f[FACTOR_HATE] = cases[i].hate;
        f[FACTOR_INSULT] = cases[i].insult;
        policy_compose_labels(p, f, c);
        float got = c[CATEGORY_HATE], want = cases[i].want;
        if (isnan(want) ? !isnan(got) : !(fabsf(got - want) < 1e-6f))
            fail_msg("%s at %g, %g: %g, wanted %g", cases[i].score, (double)cases[i].hate,
                     (double)cases[i].insult, (double)got, (double)want);
        arena_rewind(a, mark);
    }
}

static const Policy *shipped(Arena *a)
{
    Str text;
    const Policy *p = NULL;
    Err err = {0};
    if (!file_load(a, "policies/openai-13/policy.yaml", POLICY_MAX_BYTES, &text, &err) ||
        !policy_parse(a, text, "policies/openai-13/policy.yaml", &p, &err))
        fail_msg("%s", err.msg);
    return p;
}

static void the_shipped_policy_reads(void **state)
{
    const Policy *p = shipped(*state);
    assert_true(str_eq(policy_id(p), STR("openai-13")));
    assert_int_equal(policy_action(p, CATEGORY_SEXUAL_MINORS), ACTION_BLOCK);
    Err err = {0};
    const Policy *again = NULL;
    assert_true(policy_parse(*state, policy_text(p), "again", &again, &err));
    assert_true(str_eq(policy_version(p), policy_version(again)));
}

static void the_shipped_policy_is_monotone_and_stays_in_the_unit_interval(void **state)
{
    const Policy *p = shipped(*state);
    uint64_t seed = 7;
    for (int n = 0; n < 2000; n++) {
        float f[FACTOR_COUNT];
        double low[CATEGORY_COUNT], high[CATEGORY_COUNT];
        for (int i = 0; i < FACTOR_COUNT; i++)
            f[i] = (float)(random_u64(&seed) % 1001) / 1000;
        policy_compose(p, f, low);
        int raised = (int)(random_u64(&seed) % FACTOR_COUNT);
        f[raised] = f[raised] + (1 - f[raised]) / 2;
        policy_compose(p, f, high);
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            /* Harassment alone falls, with what has a category of its own. */
            bool may_fall =
                c == CATEGORY_HARASSMENT && (raised == FACTOR_HATE || raised == FACTOR_SEXUAL);
            assert_true(0 <= low[c] && low[c] <= 1);
            assert_true(may_fall ? high[c] <= low[c] + 1e-12 : high[c] >= low[c] - 1e-12);
        }
    }
}

static void a_labelled_insult_is_harassment_whatever_else_it_is(void **state)
{
    const Policy *p = shipped(*state);
    static const float others[] = {0, 1, NAN};
    for (int h = 0; h < 3; h++) {
        for (int x = 0; x < 3; x++) {
            float f[FACTOR_COUNT], c[CATEGORY_COUNT];
            for (int i = 0; i < FACTOR_COUNT; i++)
                f[i] = NAN;
            f[FACTOR_INSULT] = 1;
            f[FACTOR_HATE] = others[h];
            f[FACTOR_SEXUAL] = others[x];
            policy_compose_labels(p, f, c);
            assert_true(c[CATEGORY_HARASSMENT] >= .5f);
            f[FACTOR_INSULT] = f[FACTOR_THREAT] = 0;
            policy_compose_labels(p, f, c);
            assert_true(c[CATEGORY_HARASSMENT] < .5f);
        }
    }
}

static void minors_follow_from_two_factors_alone(void **state)
{
    const Policy *p = shipped(*state);
    for (int i = 0; i < FACTOR_COUNT; i++) {
        float f[FACTOR_COUNT] = {[FACTOR_SEXUAL] = .5f, [FACTOR_MINOR_REFERENCE] = .5f};
        double c[CATEGORY_COUNT];
        bool of_it = i == FACTOR_SEXUAL || i == FACTOR_MINOR_REFERENCE;
        f[i] = 1;
        policy_compose(p, f, c);
        assert_true(fabs(c[CATEGORY_SEXUAL_MINORS] - (of_it ? .5 : .25)) < 1e-9);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(compositions_mean_what_the_header_says),
        T(bad_documents_are_refused_at_their_place),
        T(bad_heads_are_refused),
        T(faults_of_an_own_taxonomy_are_refused_at_their_place),
        T(compositions_that_grow_out_of_hand_are_refused),
        T(signals_are_heard_as_whole_words_of_the_folded_text),
        T(an_own_taxonomy_has_nothing_for_the_thirteen),
        T(an_overlay_overrides_single_members),
        T(an_oversized_document_is_refused),
        T(labels_compose_three_valued),
        T(the_shipped_policy_reads),
        T(the_shipped_policy_is_monotone_and_stays_in_the_unit_interval),
        T(a_labelled_insult_is_harassment_whatever_else_it_is),
        T(minors_follow_from_two_factors_alone),
    };
    return cmocka_run_group_tests_name("policy/policy", tests, NULL, NULL);
}
