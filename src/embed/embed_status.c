/* embed_status.c - the house's errors and words, as the interface gives them.
 *
 * The numbers of gavel.h are a promise to programs that are built already, so they are held
 * against the house's own tables here, once, by the compiler.
 */
#include "embed/embed_internal.h"

_Static_assert((int)GAVEL_HARASSMENT == CATEGORY_HARASSMENT, "as in gavel.h");
_Static_assert((int)GAVEL_HARASSMENT_THREATENING == CATEGORY_HARASSMENT_THREATENING,
               "likewise");
_Static_assert((int)GAVEL_SEXUAL == CATEGORY_SEXUAL, "likewise");
_Static_assert((int)GAVEL_HATE == CATEGORY_HATE, "likewise");
_Static_assert((int)GAVEL_HATE_THREATENING == CATEGORY_HATE_THREATENING, "likewise");
_Static_assert((int)GAVEL_ILLICIT == CATEGORY_ILLICIT, "likewise");
_Static_assert((int)GAVEL_ILLICIT_VIOLENT == CATEGORY_ILLICIT_VIOLENT, "likewise");
_Static_assert((int)GAVEL_SELF_HARM_INTENT == CATEGORY_SELF_HARM_INTENT, "likewise");
_Static_assert((int)GAVEL_SELF_HARM_INSTRUCTIONS == CATEGORY_SELF_HARM_INSTRUCTIONS,
               "likewise");
_Static_assert((int)GAVEL_SELF_HARM == CATEGORY_SELF_HARM, "likewise");
_Static_assert((int)GAVEL_SEXUAL_MINORS == CATEGORY_SEXUAL_MINORS, "likewise");
_Static_assert((int)GAVEL_VIOLENCE == CATEGORY_VIOLENCE, "likewise");
_Static_assert((int)GAVEL_VIOLENCE_GRAPHIC == CATEGORY_VIOLENCE_GRAPHIC, "likewise");

int gavel_interface(void) { return GAVEL_INTERFACE; }

/* ---- failures ------------------------------------------------------------------------ */

GavelStatus embed_status(ErrCode code)
{
    switch (code) {
    case ERR_NONE:
        return GAVEL_OK;
    case ERR_USAGE:
        return GAVEL_USAGE;
    case ERR_INPUT:
        return GAVEL_INPUT;
    case ERR_LIMIT:
        return GAVEL_LIMIT;
    case ERR_NOT_FOUND:
        return GAVEL_NOT_FOUND;
    case ERR_CONFLICT:
        return GAVEL_FORMAT;
    case ERR_CORRUPT:
        return GAVEL_CORRUPT;
    case ERR_MEMORY:
        return GAVEL_MEMORY;
    case ERR_IO:
    case ERR_BUSY: /* what is below never says these three */
    case ERR_STOPPED:
    case ERR_AUTH:
        return GAVEL_IO;
    }
    return GAVEL_IO;
}

GavelStatus embed_fail(GavelError *error, const Err *err)
{
    _Static_assert(sizeof error->message >= sizeof err->msg, "every message fits");
    GavelStatus status = embed_status(err->code);
    if (error) {
        error->status = status;
        memcpy(error->message, err->msg, sizeof err->msg);
    }
    return status;
}

const char *gavel_status_name(int status)
{
    static const char *const names[] = {
        [GAVEL_OK] = "ok",
        [GAVEL_USAGE] = "usage",
        [GAVEL_INPUT] = "bad_input",
        [GAVEL_LIMIT] = "over_limit",
        [GAVEL_IO] = "io",
        [GAVEL_NOT_FOUND] = "not_found",
        [GAVEL_MEMORY] = "no_memory",
        [GAVEL_CORRUPT] = "corrupt",
        [GAVEL_FORMAT] = "format",
    };
    bool known = 0 <= status && status < (int)(sizeof names / sizeof *names);
    return known ? names[status] : "unknown";
}

/* ---- names --------------------------------------------------------------------------- */

/* The tables' names are literals, hence terminated. */
int gavel_category_count(void) { return CATEGORY_COUNT; }

const char *gavel_category_name(int category)
{
    return 0 <= category && category < CATEGORY_COUNT ? category_name((Category)category).ptr
                                                      : NULL;
}

int gavel_category_find(const char *name)
{
    Category c;
    return name && category_parse(str_of(name), &c) ? (int)c : -1;
}

int gavel_factor_count(void) { return FACTOR_COUNT; }

const char *gavel_factor_name(int factor)
{
    return 0 <= factor && factor < FACTOR_COUNT ? factor_name((Factor)factor).ptr : NULL;
}

const char *gavel_factor_meaning(int factor)
{
    return 0 <= factor && factor < FACTOR_COUNT ? factor_meaning((Factor)factor) : NULL;
}

int gavel_factor_find(const char *name)
{
    Factor f;
    return name && factor_parse(str_of(name), &f) ? (int)f : -1;
}
