#!/bin/sh
# The demo: the sample in two environments, rendered, checked and explained.
set -eu
cicdgen=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { printf '\n== %s\n' "$*"; }

say "a new project: cicdgen init"
"$cicdgen" init "$folder/shop"
cd "$folder/shop"

say "its production, rendered: cicdgen render --env prod > template.json"
"$cicdgen" render --env prod > template.json
wc -c template.json

say "as it is best sent: cicdgen render --env prod --compact"
"$cicdgen" render --env prod --compact | wc -c

say "every environment, rendered to files: cicdgen render --all templates"
"$cicdgen" render --all templates

say "both environments, linted: cicdgen check"
"$cicdgen" check

say "every call that the pipeline makes, allowed, and nothing more: cicdgen prove --env prod"
"$cicdgen" prove --env prod > proof.txt
head -n 1 proof.txt

say "a good release and a bad one, on this machine: cicdgen rehearse --env prod"
"$cicdgen" rehearse --env prod --scenario good --scenario bad-canary > rehearsal.txt
grep -E '^[a-z-]+: |  ended ' rehearsal.txt
tail -n 1 rehearsal.txt

say "the same as a page: cicdgen rehearse --env prod --all --format html > rehearsal.html"
"$cicdgen" rehearse --env prod --all --format html > rehearsal.html
wc -c rehearsal.html

say "what the deployer may do, and why: cicdgen explain deployer --env prod"
"$cicdgen" explain deployer --env prod

say "what was made"
grep -o '"Type": "AWS::[A-Za-z0-9]*::[A-Za-z0-9]*"' template.json | sort | uniq -c | sort -rn
