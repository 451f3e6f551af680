#include "serve/house.h"

enum { HOUSE_ARENA = 256 << 20 }; /* address space: a folder has at most 64 MB of files */

struct House {
    Arena *arena;
    PolicyFolder folder;
    bool automatic;
    const LocalePack *usual; /* NULL: the document itself */
};

static bool read_locale(House *h, Str locale, Err *err)
{
    h->automatic = str_eq(locale, STR("auto"));
    if (h->automatic || locale.len == 0)
        return true;
    h->usual = folder_pack(&h->folder, locale);
    return h->usual || err_set(err, ERR_USAGE, "%s has no locale '" STR_FMT "'", h->folder.path,
                               STR_ARG(locale));
}

bool house_open(const Config *c, House **out, Err *err)
{
    *out = NULL;
    if (c->policy_folder[0] == 0)
        return true;
    Arena *a = arena_open(HOUSE_ARENA);
    House *h = arena_new(a, House);
    h->arena = a;
    if (!folder_load(a, c->policy_folder, &h->folder, NULL, err) ||
        !read_locale(h, str_of(c->locale), err)) {
        arena_close(a);
        return false;
    }
    *out = h;
    return true;
}

void house_close(House *h)
{
    if (h)
        arena_close(h->arena);
}

bool house_pack(const House *h, Str asked, const LocalePack **out)
{
    *out = folder_pack(&h->folder, asked);
    return *out || asked.len == 0;
}

bool house_judge(const House *h, const Release *r, Arena *a, const LocalePack *asked,
                 int64_t now_ms, const Input *in, const Verdict *v, HouseRuling *out, Err *err)
{
    HouseRuling x = {.folder = &h->folder, .pack = asked ? asked : h->usual};
    if (!x.pack && h->automatic && v->language != LANGUAGE_UNKNOWN)
        x.pack = folder_pack_of_language(&h->folder, str_of(language_code(v->language)));
    x.policy = folder_policy(&h->folder, x.pack, now_ms, &x.period);
    RulingInput evidence = {in->text, in->count, v->factor, v->tier, v->score};
    if (!ruling_make(r, x.policy, a, &evidence, &x.outcome, err))
        return false;
    *out = x;
    return true;
}

void house_print(const HouseRuling *x, JsWriter *w)
{
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&x->folder->bundle.digest, hex);
    js_key(w, "policy"), js_string(w, policy_id(x->policy));
    js_key(w, "version"), js_string(w, policy_version(x->policy));
    js_key(w, "digest"), js_string(w, str_of(hex));
    js_key(w, "locale");
    if (x->pack)
        js_string(w, x->pack->name);
    else
        js_null(w);
    if (x->period.len)
        js_key(w, "period"), js_string(w, x->period);
    if (x->pack && x->pack->note.len)
        js_key(w, "note"), js_string(w, x->pack->note);
    ruling_print(x->folder, x->pack, x->policy, &x->outcome, w);
}
