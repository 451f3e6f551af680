#include "cli/policy_ref.h"

#include "base/file.h"

static bool open_published(Cli *cli, const char *ref, PolicyRef *out, Err *err)
{
    Store *db = NULL;
    Publication p;
    if (!file_exists(cli->config.store_path))
        return err_set(err, ERR_NOT_FOUND,
                       "'%s' is neither a file nor published: there is no store %s", ref,
                       cli->config.store_path);
    bool ok = store_open(cli->config.store_path, &db, err) &&
              publication_find(db, cli->arena, str_of(ref), &p, err) &&
              publication_bundle(db, cli->arena, &p, &out->bundle, err);
    store_close(db);
    if (ok)
        out->name = publication_name(cli->arena, &p);
    return ok;
}

bool policy_ref_open(Cli *cli, const char *ref, PolicyRef *out, Err *err)
{
    PolicyRef found = {.name = str_of(ref)};
    bool ok = file_exists(ref) ? bundle_load(cli->arena, ref, &found.bundle, err)
                               : open_published(cli, ref, &found, err);
    if (!ok || !bundle_policy(cli->arena, &found.bundle, str_z(cli->arena, found.name),
                              &found.policy, err))
        return false;
    *out = found;
    return true;
}
