/* yaml.h - YAML (by libyaml) read into the same tree as JSON, with places.
 *
 * A subset, on purpose: one document; mappings with plain text keys, each once;
 * sequences; scalars.  Anchors, aliases, tags and merge keys are refused.  A plain
 * scalar that reads as null, true, false or a finite number has that type; a quoted
 * one is always text.  `str` holds the text of every scalar as it was written.
 * Depth is limited by JS_MAX_DEPTH.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/js.h"

/* `name` is the file's name, for messages: "recipes/x.yaml:3:7: ...". */
bool yaml_parse(Arena *a, Str text, const char *name, const Js **out, Err *err);

#endif
