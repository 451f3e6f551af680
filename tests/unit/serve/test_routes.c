#include "test.h"

#include "base/js.h"
#include "base/metric.h"
#include "serve/routes.h"

static void each_row_is_found_by_its_own_words(void **state)
{
    for (size_t i = 0; i < route_count; i++) {
        const Route *want = &route_list[i], *got = NULL;
        Str param, path = str_of(want->path);
        ApiError e = {0};
        if (strchr(want->path, '{'))
            path = str_print(*state, "%.*sx%%2Fy%%zz",
                             (int)(strchr(want->path, '{') - want->path), want->path);
        assert_true(route_find(*state, str_of(want->method), path, &got, &param, &e));
        assert_ptr_equal(got, want);
        assert_true(str_eq(param, strchr(want->path, '{') ? STR("x/y%zz") : STR("")));
        assert_true(want->summary && want->answer);
    }
}

static void what_is_not_served_is_404_and_a_wrong_method_405(void **state)
{
    static const struct {
        const char *method, *path;
        int status; /* 0: found */
    } rows[] = {
        {"GET",    "/healthz",        0  },
        {"HEAD",   "/healthz",        0  },
        {"POST",   "/healthz",        405},
        {"GET",    "/v1/moderations", 405},
        {"HEAD",   "/v1/moderations", 405},
        {"DELETE", "/v1/models/x",    405},
        {"GET",    "/v1/models/",     404},
        {"GET",    "/v1/models/a/b",  404},
        {"GET",    "/",               404},
        {"GET",    "/healthz/",       404},
        {"POST",   "/v1/moderation",  404},
        {"GET",    "/HEALTHZ",        404},
        {"GET",    "",                404},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Route *r;
        Str param;
        ApiError e = {0};
        bool ok =
            route_find(*state, str_of(rows[i].method), str_of(rows[i].path), &r, &param, &e);
        int status = ok ? 0 : api_error_status(e.kind);
        if (status != rows[i].status)
            fail_msg("%s %s: %d", rows[i].method, rows[i].path, status);
    }
    assert_true(str_eq(route_methods(*state, STR("/healthz")), STR("GET, HEAD, OPTIONS")));
    assert_true(str_eq(route_methods(*state, STR("/v1/moderations")), STR("POST, OPTIONS")));
    assert_int_equal(route_methods(*state, STR("/nowhere")).len, 0);
}

/* The loop's rows must be cheap, the workers' rows must not be found by it. */
static void only_what_judges_waits_for_a_worker(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++)
        assert_int_equal(route_list[i].at_once,
                         route_list[i].metric != ROUTE_METRIC_MODERATIONS);
}

static bool schema_exists(const Js *root, const Js *schema)
{
    Str ref = js_get(schema, STR("$ref"))->str;
    Str prefix = STR("#/components/schemas/");
    assert_true(str_starts(ref, prefix));
    Str name = {ref.ptr + prefix.len, ref.len - prefix.len};
    return js_get(js_get(js_get(root, STR("components")), STR("schemas")), name) != NULL;
}

static const Js *json_schema(const Js *holder)
{
    const Js *content = js_get(js_get(holder, STR("content")), STR("application/json"));
    return js_get(content, STR("schema"));
}

static void the_description_is_equal_to_the_table(void **state)
{
    Buf out;
    Err err = {0};
    const Js *root;
    buf_init(&out, 1 << 18);
    openapi_print(&out);
    if (!js_parse(*state, buf_str(&out), &root, &err))
        fail_msg("%s", err.msg);
    size_t operations = 0;
    const Js *paths = js_get(root, STR("paths"));
    for (size_t i = 0; i < paths->count; i++)
        operations += paths->item[i].count;
    assert_int_equal(operations, route_count);
    for (size_t i = 0; i < route_count; i++) {
        const Route *r = &route_list[i];
        bool get = strcmp(r->method, "GET") == 0;
        assert_true(get || strcmp(r->method, "POST") == 0);
        const Js *op = js_get(js_get(paths, str_of(r->path)), get ? STR("get") : STR("post"));
        assert_non_null(op);
        assert_true(str_eq(js_get(op, STR("summary"))->str, str_of(r->summary)));
        assert_int_equal(js_get(op, STR("security"))->count, r->who != WHO_ANYONE);
        assert_int_equal(js_get(op, STR("parameters")) != NULL, strchr(r->path, '{') != NULL);
        const Js *body = js_get(op, STR("requestBody"));
        assert_int_equal(body != NULL, r->takes_body);
        if (body)
            assert_true(schema_exists(root, json_schema(body)));
        const Js *responses = js_get(op, STR("responses"));
        assert_true(schema_exists(root, json_schema(js_get(responses, STR("default")))));
        const Js *schema = json_schema(js_get(responses, STR("200")));
        assert_int_equal(schema != NULL, r->reply != NULL);
        if (schema)
            assert_true(schema_exists(root, schema));
    }
    buf_done(&out);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(each_row_is_found_by_its_own_words),
        T(what_is_not_served_is_404_and_a_wrong_method_405),
        T(only_what_judges_waits_for_a_worker),
        T(the_description_is_equal_to_the_table),
    };
    return cmocka_run_group_tests_name("serve/routes", tests, NULL, NULL);
}
