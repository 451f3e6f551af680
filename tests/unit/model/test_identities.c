#include "test.h"

#include "model/identities.h"

static const char sample[] =
    "about: made up\n"
    "groups:\n"
    "  - {name: red, axis: colour, forms: {person: a red one, people: red ones}}\n"
    "  - {name: blue, axis: colour, forms: {person: a blue one, people: blue ones}}\n"
    "  - {name: tall, axis: size, forms: {person: a tall one}}\n"
    "templates:\n"
    "  - {text: 'I saw {person}.', labels: {hate: 0, harassment: 0.25}}\n"
    "  - {text: '{People} and {people}', labels: {hate: 1}}\n"
    "  - {text: nobody here, labels: {hate: 0}}\n"
    "  - {text: 'Hello {person}', axis: size, labels: {hate: 0}}\n";

static void every_group_fills_what_it_has_the_forms_for(void **state)
{
    static const struct {
        int template, group;
        const char *text;
    } want[] = {
        {0, 0,  "I saw a red one."       },
        {0, 1,  "I saw a blue one."      },
        {0, 2,  "I saw a tall one."      },
        {1, 0,  "Red ones and red ones"  },
        {1, 1,  "Blue ones and blue ones"},
        {2, -1, "nobody here"            },
        {3, 2,  "Hello a tall one"       },
    };
    const Identities *set;
    Err err = {0};
    if (!identities_parse(*state, str_of(sample), "x", &set, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(set->group_count, 3);
    assert_int_equal(set->template_count, 4);
    assert_int_equal(set->rows.count, sizeof want / sizeof *want);
    for (size_t i = 0; i < set->rows.count; i++) {
        assert_int_equal(set->text[i].template, want[i].template);
        assert_int_equal(set->text[i].group, want[i].group);
        assert_true(str_eq(set->rows.row[i].text, str_of(want[i].text)));
    }
    const Labels *l = &set->rows.row[0].labels;
    assert_true(l->category[CATEGORY_HATE] == 0 && l->category[CATEGORY_HARASSMENT] == .25f);
    assert_true(!label_known(l->category[CATEGORY_SEXUAL]) &&
                !label_known(l->factor[FACTOR_HATE]));
}

static void faults_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *yaml, *words;
    } cases[] = {
        {"[]",                                                              "x:1:1: keys are wanted"},
        {"groups: []\n",                                                    "no 'templates'"        },
        {"groups: []\ntemplates: []\n",                                     "x:1:9: a list"         },
        {"love: 1\n",                                                       "no key 'love'"         },
        {"groups:\n  - {name: a, axis: b}\ntemplates:\n  - {}\n",           "forms are wanted"      },
        {"groups:\n  - {name: a, axis: b, forms: {p: q}}\n"
         "  - {name: a, axis: b, forms: {p: q}}\ntemplates: []\n", "two groups 'a'"        },
        {"groups:\n  - {name: a, axis: b, forms: {p: q}}\ntemplates:\n"
         "  - {text: '{p}', labels: {love: 1}}\n",                 "x:4:34: no category"   },
        {"groups:\n  - {name: a, axis: b, forms: {p: q}}\ntemplates:\n"
         "  - {text: '{p}', labels: {hate: 2}}\n",                 "from 0 to 1"           },
        {"groups:\n  - {name: a, axis: b, forms: {p: q}}\ntemplates:\n"
         "  - {text: '{p}'}\n",                                    "labels are wanted"     },
        {"groups:\n  - {name: a, axis: b, forms: {p: q}}\ntemplates:\n"
         "  - {text: '{r}', labels: {hate: 1}}\n",                 "no group has the forms"},
        {"groups:\n  - {name: a, axis: b, forms: {p: q}}\ntemplates:\n"
         "  - {text: 'x {p', labels: {hate: 1}}\n",                "no group has the forms"},
        {"groups:\n  - {name: a, axis: b, forms: {p: q}}\ntemplates:\n"
         "  - {text: '{p}', axis: c, labels: {hate: 1}}\n",        "no group has the forms"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Identities *set = NULL;
        Err err = {0};
        assert_false(identities_parse(*state, str_of(cases[i].yaml), "x", &set, &err));
        if (!strstr(err.msg, cases[i].words))
            fail_msg("%zu: %s", i, err.msg);
        assert_null(set);
    }
}

static void a_word_that_outgrows_a_sentence_is_refused(void **state)
{
    char word[1100];
    memset(word, 'x', sizeof word);
    const Identities *set = NULL;
    Err err = {0};
    Str yaml = str_print(*state,
                         "groups:\n  - {name: a, axis: b, forms: {p: %.*s}}\ntemplates:\n"
                         "  - {text: '{p}', labels: {hate: 1}}\n",
                         (int)sizeof word, word);
    assert_false(identities_parse(*state, yaml, "x", &set, &err));
    assert_non_null(strstr(err.msg, "x:4:5: too long"));
}

/* The shipped set: what fairness figures rest on. */
static void the_projects_own_templates_read(void **state)
{
    (void)state;
    Arena *a = arena_open(16 << 20);
    const Identities *set;
    Err err = {0};
    if (!identities_load(a, "corpus/fairness/templates.yaml", &set, &err))
        fail_msg("%s", err.msg);
    assert_true(set->group_count >= 25 && set->template_count >= 60);
    for (int c = CATEGORY_HARASSMENT; c <= CATEGORY_HATE; c += CATEGORY_HATE) {
        size_t yes = 0, no = 0;
        for (size_t i = 0; i < set->rows.count; i++) {
            float label = set->rows.row[i].labels.category[c];
            yes += label >= .5f;
            no += label < .5f;
        }
        assert_true(yes > 200 && no > 200);
    }
    arena_close(a);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(every_group_fills_what_it_has_the_forms_for),
        T(faults_are_refused_with_their_place),
        T(a_word_that_outgrows_a_sentence_is_refused),
        T(the_projects_own_templates_read),
    };
    return cmocka_run_group_tests_name("model/identities", tests, NULL, NULL);
}
