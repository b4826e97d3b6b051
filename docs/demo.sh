#!/bin/sh
# The demo: a new project, rendered, checked, proved, deployed into an AWS on this machine, rehearsed.
set -eu
cicdgen=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
page=$(pwd)/build/rehearsal.html
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { printf '\n== %s\n' "$*"; }

say "a new project: cicdgen init"
"$cicdgen" init "$folder/shop"
cd "$folder/shop"

say "its production, rendered: cicdgen render --env prod > template.json"
"$cicdgen" render --env prod > template.json
wc -c template.json

say "every environment, rendered to files: cicdgen render --all templates"
"$cicdgen" render --all templates

say "both environments, linted: cicdgen check"
"$cicdgen" check

say "every call that the pipeline makes, allowed, and nothing more: cicdgen prove --env prod"
"$cicdgen" prove --env prod > proof.txt
head -n 1 proof.txt

say "one permission broken, and what would have failed"
sed 's/"codedeploy:CreateDeployment"/"codedeploy:GetDeployment"/' template.json > broken.json
"$cicdgen" prove broken.json > broken.txt && exit 1
head -n 5 broken.txt

say "what the deployer may do, and why: cicdgen explain deployer --env prod"
"$cicdgen" explain deployer --env prod

say "what a change means: cicdgen diff template.json wider.json"
sed 's/"s3:GetObjectVersion"/"s3:*"/' template.json > wider.json
"$cicdgen" diff template.json wider.json

say "dev, deployed into a sandbox through a change set that was reviewed: plan, apply, status"
cat > release.sh <<'STEPS'
set -eu
"$1" plan --env dev -o plan.json
"$1" apply plan.json --yes --progress errors
"$1" status --env dev
STEPS
"$cicdgen" sandbox run -- sh release.sh "$cicdgen"

say "a release that goes well, and one that does not, in a sandbox: cicdgen rehearse --env prod --sandbox"
"$cicdgen" rehearse --env prod --sandbox --scenario good --scenario bad-canary

say "every scenario, as a page: cicdgen rehearse --env prod --sandbox --all --format html"
mkdir -p "$(dirname "$page")"
"$cicdgen" rehearse --env prod --sandbox --all --format html > "$page"
printf 'open %s\n' "$page"
