#!/bin/sh
# Lint the page as what it is: sh tests/page/lint/lint.sh FOLDER, one where `npm install` ran.
set -eu
here=$(dirname "$0")
pages=$(cd "$here/../../../src/cicdgen/reports/page" && pwd)
cp "$pages"/rehearsal.* "$here"/*.js "$here/.htmlvalidate.json" "$1"
cd "$1"
npx eslint rehearsal.js
npx stylelint rehearsal.css
npx html-validate rehearsal.html
