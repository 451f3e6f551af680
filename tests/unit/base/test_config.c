#include "temp.h"

#include "base/config.h"
#include "base/file.h"

static const ConfigRow *row_of(const char *key)
{
    for (int i = 0; i < config_row_count; i++)
        if (strcmp(config_rows[i].key, key) == 0)
            return &config_rows[i];
    return NULL;
}

/* A Config with the defaults, in the test's arena. */
static Config fresh(Arena *a)
{
    Config c;
    config_defaults(a, &c);
    return c;
}

static bool try_set(Arena *a, const char *key, Str value, Str *shown, Err *err)
{
    Config c = fresh(a);
    if (!config_set(a, &c, str_of(key), value, err))
        return false;
    *shown = config_show(a, &c, (int)(row_of(key) - config_rows));
    return true;
}

static void every_row_has_a_good_default_and_a_word_of_help(void **state)
{
    Temp *t = *state;
    Config c = fresh(t->arena); /* asserts that each default is within its bounds */
    for (int i = 0; i < config_row_count; i++) {
        const ConfigRow *r = &config_rows[i];
        assert_true(strlen(r->help) > 10);
        Err err = {0};
        Str shown = config_show(t->arena, &c, i);
        Config again = fresh(t->arena);
        assert_true(config_set(t->arena, &again, str_of(r->key), shown, &err));
        assert_true(str_eq(config_show(t->arena, &again, i), shown));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(r->key, config_rows[j].key);
    }
}

static void every_number_keeps_its_bounds(void **state)
{
    Temp *t = *state;
    int numbers = 0;
    for (int i = 0; i < config_row_count; i++) {
        const ConfigRow *r = &config_rows[i];
        if (r->type == CONFIG_TEXT)
            continue;
        numbers++;
        Err err = {0};
        Str shown;
        const struct {
            int64_t v;
            bool ok;
        } tries[] = {
            {r->least,     true },
            {r->most,      true },
            {r->least - 1, false},
            {r->most + 1,  false}
        };
        for (int k = 0; k < 4; k++) {
            Str v = str_print(t->arena, "%lld", (long long)tries[k].v);
            assert_int_equal(try_set(t->arena, r->key, v, &shown, &err), tries[k].ok);
            assert_true(!tries[k].ok || str_eq(shown, v));
        }
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.msg, r->key));
    }
    assert_true(numbers > 10);
}

static void sizes_and_numbers_are_read_whole_or_refused(void **state)
{
    Temp *t = *state;
    static const struct {
        const char *key;
        Str value;
        const char *shown; /* NULL: refused */
    } rows[] = {
        {"max_body_bytes", STR("65536"),                "65536"   },
        {"max_body_bytes", STR("64K"),                  "65536"   },
        {"max_body_bytes", STR("8M"),                   "8388608" },
        {"max_text_bytes", STR("64M"),                  "67108864"},
        {"max_body_bytes", STR("1G"),                   NULL      }, /* above the most */
        {"max_body_bytes", STR("8m"),                   NULL      },
        {"max_body_bytes", STR("8MB"),                  NULL      },
        {"max_body_bytes", STR("8 M"),                  NULL      },
        {"max_body_bytes", STR("M"),                    NULL      },
        {"max_body_bytes", STR("-1K"),                  NULL      },
        {"max_body_bytes", STR("9223372036854775807K"), NULL      }, /* overflows */
        {"max_body_bytes", STR("1.5M"),                 NULL      },
        {"max_body_bytes", STR(""),                     NULL      },
        {"workers",        STR("4"),                    "4"       },
        {"workers",        STR("4K"),                   NULL      }, /* only sizes have units */
        {"workers",        STR("0x4"),                  NULL      },
        {"workers",        STR(""),                     NULL      },
        {"workers",        STR("four"),                 NULL      },
        {"store_path",     STR("a b"),                  "a b"     },
        {"api_keys_file",  STR(""),                     ""        },
        {"store_path",     STR("a\0b"),                 NULL      },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Err err = {0};
        Str shown = {0};
        bool ok = try_set(t->arena, rows[i].key, rows[i].value, &shown, &err);
        if (ok != (rows[i].shown != NULL))
            fail_msg("row %zu: %s", i, err.msg);
        assert_true(!ok || str_eq(shown, str_of(rows[i].shown)));
        assert_int_equal(err.code, ok ? ERR_NONE : ERR_USAGE);
    }
}

static void an_unknown_key_is_refused_by_name(void **state)
{
    Temp *t = *state;
    Config c = fresh(t->arena);
    Err err = {0};
    assert_false(config_set(t->arena, &c, STR("worker"), STR("1"), &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.msg, "'worker'"));
}

static void a_file_is_read_with_places_in_its_errors(void **state)
{
    Temp *t = *state;
    static const struct {
        const char *text;
        ErrCode code;
        const char *says;
    } rows[] = {
        {"workers: 3\nmax_body_bytes: 2M\nstore_path: \"x.db\"\n", ERR_NONE,  ""                                       },
        {"# nothing but a comment\n",                              ERR_NONE,  ""                                       },
        {"",                                                       ERR_NONE,  ""                                       },
        {"workers: 3\nworker: 1\n",                                ERR_USAGE, ":2:9: no setting"                       },
        {"workers: 1000\n",                                        ERR_USAGE, ":1:10: setting workers must lie between"},
        {"workers: [1]\n",                                         ERR_INPUT, ":1:10: a setting is one value"          },
        {"- workers\n",                                            ERR_INPUT, "key: value"                             },
        {"workers: 1\nworkers: 2\n",                               ERR_INPUT, ":2:1: this key stands twice"            },
        {"workers: {\n",                                           ERR_INPUT, "not valid YAML"                         },
    };
    const char *path = temp_path(t, "gavel.yaml");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Config c = fresh(t->arena);
        Err err = {0}, saved = {0};
        assert_true(file_save(path, str_of(rows[i].text), &saved));
        assert_int_equal(config_read_file(t->arena, &c, path, &err), rows[i].code == ERR_NONE);
        assert_int_equal(err.code, rows[i].code);
        if (!strstr(err.msg, rows[i].says))
            fail_msg("row %zu: %s", i, err.msg);
        if (i == 0)
            assert_true(c.workers == 3 && c.max_body_bytes == 2 << 20 &&
                        strcmp(c.store_path, "x.db") == 0);
    }
    Config c = fresh(t->arena);
    Err err = {0};
    assert_false(config_read_file(t->arena, &c, temp_path(t, "absent"), &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void the_environment_goes_before_the_file_and_the_command_line_before_both(void **state)
{
    Temp *t = *state;
    Err err = {0};
    const char *path = temp_path(t, "gavel.yaml");
    assert_true(file_save(path, STR("workers: 2\nmax_inputs: 20\nqueue_requests: 21\n"), &err));
    setenv("GAVEL_WORKERS", "3", 1);
    setenv("GAVEL_MAX_INPUTS", "30", 1);
    Config c = fresh(t->arena);
    assert_true(config_read_file(t->arena, &c, path, &err));
    assert_true(config_read_env(t->arena, &c, &err));
    assert_true(config_set(t->arena, &c, STR("workers"), STR("4"), &err));
    assert_true(c.workers == 4 && c.max_inputs == 30 && c.queue_requests == 21);
    setenv("GAVEL_WORKERS", "many", 1);
    assert_false(config_read_env(t->arena, &c, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.msg, "GAVEL_WORKERS"));
    unsetenv("GAVEL_WORKERS");
    unsetenv("GAVEL_MAX_INPUTS");
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(every_row_has_a_good_default_and_a_word_of_help),
        T(every_number_keeps_its_bounds),
        T(sizes_and_numbers_are_read_whole_or_refused),
        T(an_unknown_key_is_refused_by_name),
        T(a_file_is_read_with_places_in_its_errors),
        T(the_environment_goes_before_the_file_and_the_command_line_before_both),
    };
    return cmocka_run_group_tests_name("base/config", tests, NULL, NULL);
}
