/* house.h - the house rules: a policy's folder that is served beside the endpoint's thirteen.
 *
 * The setting `policy_folder` names it.  Who asks for the extension `actions` is told what it
 * says of each text; the thirteen do not change.  Which locale's norms hold: what the request
 * names (header `Gavel-Locale`, or `?locale=`), else the setting `locale`; there `auto` takes
 * the first pack that names the text's language, and nothing the document itself.
 *
 * Read once, at start, and never changed: shared between threads.
 */
#ifndef SERVE_HOUSE_H
#define SERVE_HOUSE_H

#include "base/config.h"
#include "moderate/ruling.h"

typedef struct House House;

/* *out NULL: the setting is empty. */
bool house_open(const Config *c, House **out, Err *err);
void house_close(House *h); /* NULL is fine */

/* The pack that the request names; false: it names one that is not there. */
bool house_pack(const House *h, Str asked, const LocalePack **out);

typedef struct HouseRuling {
    const PolicyFolder *folder;
    const LocalePack *pack; /* NULL: the document itself */
    const Policy *policy;
    Str period;
    Outcome outcome;
} HouseRuling;

/* asked NULL: the request names no locale. */
bool house_judge(const House *h, const Release *r, Arena *a, const LocalePack *asked,
                 int64_t now_ms, const Input *in, const Verdict *v, HouseRuling *out, Err *err);

/* Members of an object that the caller has opened. */
void house_print(const HouseRuling *x, JsWriter *w);

#endif
