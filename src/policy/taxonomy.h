/* taxonomy.h - the words of the law: what a model predicts and what an answer says.
 *
 * A *factor* is one observable property of a text; the model predicts factors and
 * people label them.  A *category* is what a verdict speaks of; a policy composes
 * each category from factors.  The thirteen categories are those of the
 * OpenAI-compatible endpoint, in its order and spelling.
 *
 * The order of both tables is part of the release format: append, never reorder.
 */
#ifndef POLICY_TAXONOMY_H
#define POLICY_TAXONOMY_H

#include "base/str.h"

/* clang-format off */
#define FACTOR_TABLE(X)                                                                             \
    /* enum                        name                        what it says of a text            */ \
    X(FACTOR_HATE,                 "hate",                     "demeans people for a protected trait")  \
    X(FACTOR_INSULT,               "insult",                   "demeans or taunts a person or unprotected group") \
    X(FACTOR_THREAT,               "threat",                   "threatens, wishes or incites harm to people") \
    X(FACTOR_SEXUAL,               "sexual",                   "means to arouse, or sells sexual services") \
    X(FACTOR_MINOR_REFERENCE,      "minor-reference",          "speaks of somebody under eighteen") \
    X(FACTOR_VIOLENCE,             "violence",                 "depicts or praises death, violence or injury") \
    X(FACTOR_GORE,                 "gore",                     "does so in graphic bodily detail") \
    X(FACTOR_SELF_HARM,            "self-harm",                "depicts or promotes suicide, cutting, eating disorders") \
    X(FACTOR_SELF_HARM_INTENT,     "self-harm-intent",         "the speaker does it or means to") \
    X(FACTOR_SELF_HARM_INSTRUCTIONS, "self-harm-instructions", "asks or tells how, or urges it") \
    X(FACTOR_WRONGDOING,           "wrongdoing",               "seeks, plans or promotes a crime or fraud") \
    X(FACTOR_WEAPON,               "weapon",                   "is about getting or making weapons") \
    X(FACTOR_INSTRUCTION,          "instruction",              "asks for or gives practical directions") \
    X(FACTOR_ATTACK,               "attack",                   "tries to subvert a model that reads it") \
    X(FACTOR_SPAM,                 "spam",                     "unsolicited promotion or a scam") \
    X(FACTOR_PROFANITY,            "profanity",                "holds vulgar or obscene words") \
    X(FACTOR_ELECTION,             "election",                 "false claims on how, when, where or who may vote")

#define CATEGORY_TABLE(X)                                                                           \
    /* enum                             wire key                  from images too */                \
    X(CATEGORY_HARASSMENT,              "harassment",             false)                            \
    X(CATEGORY_HARASSMENT_THREATENING,  "harassment/threatening", false)                            \
    X(CATEGORY_SEXUAL,                  "sexual",                 true)                             \
    X(CATEGORY_HATE,                    "hate",                   false)                            \
    X(CATEGORY_HATE_THREATENING,        "hate/threatening",       false)                            \
    X(CATEGORY_ILLICIT,                 "illicit",                false)                            \
    X(CATEGORY_ILLICIT_VIOLENT,         "illicit/violent",        false)                            \
    X(CATEGORY_SELF_HARM_INTENT,        "self-harm/intent",       true)                             \
    X(CATEGORY_SELF_HARM_INSTRUCTIONS,  "self-harm/instructions", true)                             \
    X(CATEGORY_SELF_HARM,               "self-harm",              true)                             \
    X(CATEGORY_SEXUAL_MINORS,           "sexual/minors",          false)                            \
    X(CATEGORY_VIOLENCE,                "violence",               true)                             \
    X(CATEGORY_VIOLENCE_GRAPHIC,        "violence/graphic",       true)
/* clang-format on */

typedef enum Factor {
#define X(id, name, meaning) id,
    FACTOR_TABLE(X)
#undef X
        FACTOR_COUNT
} Factor;

typedef enum Category {
#define X(id, name, image) id,
    CATEGORY_TABLE(X)
#undef X
        CATEGORY_COUNT
} Category;

Str factor_name(Factor f);
const char *factor_meaning(Factor f);
bool factor_parse(Str name, Factor *out);

Str category_name(Category c);
bool category_takes_images(Category c);
bool category_parse(Str name, Category *out);

#endif
