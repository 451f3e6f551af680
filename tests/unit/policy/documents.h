/* documents.h - whole policies for tests, in which only what is under test differs. */
#ifndef DOCUMENTS_H
#define DOCUMENTS_H

#include "test.h"

#include "policy/bundle.h"

static inline Str policy_document(Arena *a, const char *version, const char *hate)
{
    return str_print(a,
                     "id: test\n"
                     "version: %s\n"
                     "categories:\n"
                     "  harassment: {score: insult}\n"
                     "  harassment/threatening: {score: threat}\n"
                     "  sexual: {score: sexual, threshold: 0.5}\n"
                     "  hate: %s\n"
                     "  hate/threatening: {score: {all: [hate, threat]}}\n"
                     "  illicit: {score: wrongdoing}\n"
                     "  illicit/violent: {score: weapon}\n"
                     "  self-harm/intent: {score: self-harm-intent, action: review}\n"
                     "  self-harm/instructions: {score: self-harm-instructions}\n"
                     "  self-harm: {score: self-harm}\n"
                     "  sexual/minors: {score: {all: [sexual, minor-reference]}}\n"
                     "  violence: {score: violence}\n"
                     "  violence/graphic: {score: gore}\n",
                     version, hate);
}

/* The document and, where it is not NULL, one page. */
static inline Bundle policy_bundle(Arena *a, Str document, const char *page)
{
    BundleFile *f = arena_array(a, BundleFile, 2);
    Bundle b;
    f[0] = (BundleFile){STR("policy.yaml"), document};
    if (page)
        f[1] = (BundleFile){STR("factors.md"), str_of(page)};
    bundle_of(f, page ? 2 : 1, &b);
    return b;
}

#endif
