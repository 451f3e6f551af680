/* commands.c - the table of commands, in the order that --help shows. */
#include "cli/commands.h"

/* clang-format off */
const Command *const command_list[] = {
    &cmd_base_import,
    &cmd_base_pretrain,
    &cmd_calibrate,
    &cmd_config,
    &cmd_corpus_build,
    &cmd_evaluate,
    &cmd_fairness,
    &cmd_fold,
    &cmd_ingest,
    &cmd_label_agreement,
    &cmd_label_suspects,
    &cmd_moderate,
    &cmd_policy_diff,
    &cmd_policy_impact,
    &cmd_policy_lint,
    &cmd_policy_list,
    &cmd_policy_publish,
    &cmd_policy_rules,
    &cmd_policy_show,
    &cmd_recipe_check,
    &cmd_release_export,
    &cmd_release_list,
    &cmd_release_show,
    &cmd_serve,
    &cmd_snapshot_create,
    &cmd_snapshot_datasheet,
    &cmd_snapshot_diff,
    &cmd_snapshot_export,
    &cmd_snapshot_list,
    &cmd_snapshot_show,
    &cmd_train,
    NULL,
};
/* clang-format on */
