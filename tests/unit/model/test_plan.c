#include "test.h"

#include "model/plan.h"

static void an_empty_mapping_gives_the_defaults(void **state)
{
    Plan p, want;
    Err err = {0};
    plan_defaults(&want);
    assert_true(plan_parse(*state, STR("name: x\n"), "p.yaml", &p, &err));
    assert_true(str_eq(p.name, STR("x")));
    assert_int_equal(p.steps, want.steps);
    assert_true(p.ema == want.ema);
    assert_int_equal(p.source_count, 0);
}

static void keys_and_sources_are_read(void **state)
{
    Plan p;
    Err err = {0};
    Str yaml = STR("steps: 12\nencoder_rate: 3e-5\ndefault_power: 0.25\n"
                   "sources:\n  edos: 2\n  clinc150: 0.5\n");
    assert_true(plan_parse(*state, yaml, "p.yaml", &p, &err));
    assert_int_equal(p.steps, 12);
    assert_true(p.encoder_rate == 3e-5);
    assert_true(p.default_power == 0.25);
    assert_int_equal(p.source_count, 2);
    assert_true(str_eq(p.source[1].name, STR("clinc150")));
    assert_true(p.source[1].weight == 0.5);
    assert_true(str_eq(p.text, yaml));
}

static const struct {
    const char *yaml, *says;
} refusals[] = {
    {"- a\n",                  "a plan is a mapping"                           },
    {"stepps: 1\n",            "p.yaml:1:9: a plan has no key 'stepps'"        },
    {"steps: 1.5\n",           "must be a whole number"                        },
    {"steps: 0\n",             "must lie between"                              },
    {"window_stride: 33\n",    "pieces between two windows would never be read"},
    {"ema: 1\n",               "must lie between"                              },
    {"dropout: high\n",        "must be a number"                              },
    {"sources: [edos]\n",      "a mapping of source"                           },
    {"sources:\n  edos: -1\n", "p.yaml:2:9: 'edos' must be a weight"           },
    {"default_power: 2\n",     "a number from 0 to 1"                          },
    {"name: 7\n",              "'name' must be text"                           },
};

static void what_is_wrong_is_named_with_its_place(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        Plan p;
        Err err = {0};
        assert_false(plan_parse(*state, str_of(refusals[i].yaml), "p.yaml", &p, &err));
        assert_int_equal(err.code, ERR_INPUT);
        if (!strstr(err.msg, refusals[i].says))
            fail_msg("'%s' does not say '%s'", err.msg, refusals[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_mapping_gives_the_defaults, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(keys_and_sources_are_read, with_arena, without_arena),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named_with_its_place, with_arena,
                                        without_arena),
    };
    return cmocka_run_group_tests_name("model/plan", tests, NULL, NULL);
}
