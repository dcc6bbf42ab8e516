//! The files of the repositories: short, but such as people write them.

/// A shell script that deploys with a key in its environment.
pub(crate) fn deploy_script(key: Option<(&str, &str)>) -> String {
    let credentials = match key {
        Some((id, secret)) => format!(
            "# TODO(ines): move to the runner's role once the migration is done\n\
             export AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY={secret}\n"
        ),
        None => ": \"${AWS_PROFILE:?sign in first}\"\n".into(),
    };
    format!(
        "#!/usr/bin/env bash\n# Rolls out the payments API.\nset -euo pipefail\n\n{credentials}\
         export AWS_DEFAULT_REGION=eu-central-1\n\nTAG=\"${{1:-$(git rev-parse --short HEAD)}}\"\n\
         aws ecs register-task-definition --cli-input-json \"$(sed \"s/@TAG@/$TAG/\" task.json)\"\n\
         aws ecs update-service --cluster production --service payments-api --force-new-deployment\n"
    )
}

/// A `.env` file of the web shop.
pub(crate) fn cdn_environment(id: &str, secret: &str) -> String {
    format!(
        "# CDN invalidation after a release\nCDN_DISTRIBUTION=E2TALLOWSHOP\nAWS_REGION=eu-central-1\n\
         AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\nLOG_LEVEL=info\n"
    )
}

/// Terraform variables of the backup stack.
pub(crate) fn backup_variables(id: &str, secret: &str) -> String {
    format!(
        "region         = \"eu-central-1\"\nvault_name     = \"tallowmere-vault\"\nretention_days = 35\n\
         aws_access_key = \"{id}\"\naws_secret_key = \"{secret}\"\n"
    )
}

/// Terraform that takes no key.
pub(crate) const BACKUP_STACK: &str = "terraform {\n  required_version = \">= 1.9\"\n}\n\n\
    provider \"aws\" {\n  region = var.region\n}\n\n\
    resource \"aws_backup_vault\" \"main\" {\n  name = var.vault_name\n}\n\n\
    resource \"aws_backup_plan\" \"daily\" {\n  name = \"daily\"\n  rule {\n    rule_name         = \"daily\"\n    \
    target_vault_name = aws_backup_vault.main.name\n    schedule          = \"cron(0 3 * * ? *)\"\n  }\n}\n";

/// The settings of the nightly batch.
pub(crate) fn batch_environment(id: &str, secret: &str) -> String {
    format!(
        "BATCH_HOME=/opt/batch\nBATCH_USER=batch\nCUSTOMS_QUEUE=customs\n\
         AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"
    )
}

/// A Python script that fetches a partner's files with the partner's key.
pub(crate) fn partner_sync(id: &str, secret: &str) -> String {
    format!(
        "\"\"\"Fetch the partner's manifests each night.\"\"\"\n\nimport boto3\n\nBUCKET = \"partner-manifests\"\n\n\n\
         def client():\n    return boto3.client(\n        \"s3\",\n        aws_access_key_id=\"{id}\",\n        \
         aws_secret_access_key=\"{secret}\",\n        region_name=\"eu-west-1\",\n    )\n\n\n\
         def fetch(day):\n    s3 = client()\n    for item in s3.list_objects_v2(Bucket=BUCKET, Prefix=day)[\"Contents\"]:\n        \
         s3.download_file(BUCKET, item[\"Key\"], \"/var/spool/batch/\" + item[\"Key\"].rsplit(\"/\", 1)[-1])\n"
    )
}

/// A guide that quotes the key of AWS's documentation.
pub(crate) fn setup_guide((id, secret): &(String, String)) -> String {
    format!(
        "# Setting up the AWS CLI\n\nRun `aws configure sso`. Do not use long-term keys; if a page shows you\n\n\
         ```ini\n[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n```\n\nthen it shows the example of AWS's documentation.\n"
    )
}

/// A page that names a key by its id.
pub(crate) fn key_list(id: &str) -> String {
    format!(
        "# Keys to rotate\n\n| user | key | by |\n|---|---|---|\n| svc-payments-deploy | {id} | payments |\n\n\
         Only ids stand here: the secret halves are in the vault.\n"
    )
}

/// A Python script with a placeholder in the form of a token.
pub(crate) fn release_notes(placeholder: &str) -> String {
    format!(
        "\"\"\"Collect release notes from merged pull requests.\"\"\"\n\nimport os\n\n\
         # The form of a token, for the argument parser's help text: {placeholder}\n\
         TOKEN = os.environ[\"GITHUB_TOKEN\"]\n\n\ndef headers():\n    return {{\"Authorization\": \"Bearer \" + TOKEN}}\n"
    )
}

/// A shell script that mirrors repositories with a token in its URL.
pub(crate) fn mirror_script(token: &str) -> String {
    format!(
        "#!/bin/sh\n# Mirrors our repositories into CodeCommit.\nset -eu\n\nGITHUB_TOKEN={token}\n\n\
         for repo in payments web infra; do\n  \
         git clone --mirror \"https://x-access-token:$GITHUB_TOKEN@github.com/tallowmere/$repo.git\"\n  \
         git -C \"$repo.git\" push --mirror \"codecommit::eu-central-1://$repo\"\ndone\n"
    )
}

/// Where alerts go, in one service's configuration.
pub(crate) fn alerts(token: &str) -> String {
    format!(
        "alerts:\n  channel: \"#payments-oncall\"\n  slack_bot_token: {token}\n  rules:\n    - name: settlement-late\n      after: 15m\n    \
         - name: refund-failed\n      after: 1m\n"
    )
}

/// Where alerts go, in the cluster's values.
pub(crate) fn alerting_values(token: &str) -> String {
    format!(
        "alertmanager:\n  replicas: 2\n  receivers:\n    - name: slack\n      channel: \"#platform-oncall\"\n      token: {token}\n"
    )
}

/// A module of the payments API.
pub(crate) const SETTLEMENT: &str = "\"\"\"Settle a day's shipments with a carrier.\"\"\"\n\nfrom decimal import Decimal\n\n\n\
    def settle(shipments):\n    total = Decimal(0)\n    for shipment in shipments:\n        total += shipment.price - shipment.discount\n    \
    return total.quantize(Decimal(\"0.01\"))\n";

/// A page of the web shop.
pub(crate) const TRACKING_PAGE: &str = "export async function track(number) {\n  \
    const reply = await fetch(`/api/shipments/${encodeURIComponent(number)}`);\n  \
    if (!reply.ok) throw new Error(`tracking failed: ${reply.status}`);\n  return reply.json();\n}\n";

/// The web shop's release pipeline, which needs no key.
pub(crate) const WEB_PIPELINE: &str = "name: release\non:\n  push:\n    branches: [main]\npermissions:\n  id-token: write\n  contents: read\n\
    jobs:\n  release:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n      - uses: actions/checkout@v4\n      \
    - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: ${{ vars.RELEASE_ROLE }}\n          \
    aws-region: eu-central-1\n      - run: make release\n";

/// The nightly batch.
pub(crate) const NIGHTLY: &str = "#!/bin/sh\n# Runs from cron at 02:00.\nset -eu\n. /opt/batch/conf/batch.env\n\n\
    for step in load convert send; do\n  \"$BATCH_HOME/bin/$step\" >>\"/var/log/batch/$step.log\" 2>&1\ndone\n";

/// A page about a repository.
pub(crate) fn readme(title: &str, text: &str) -> String {
    format!("# {title}\n\n{text}\n")
}
