#!/bin/sh
# What Lighthouse says of the notebook's page: accessibility and best practices must be 100. Needs npm, Chromium and a
# running demo. Usage: sh tests/bench/lighthouse.sh [http://localhost:8000/field/]
set -eu
address=${1:-http://localhost:8000/field/}
export CHROME_PATH="${CHROMIUM:-/usr/bin/chromium}"
npx --yes lighthouse@12 "$address" --quiet --only-categories=accessibility,best-practices --output=json \
    --chrome-flags="--headless=new --no-sandbox" |
    node -e 'let said = ""; process.stdin.on("data", (part) => { said += part; }).on("end", () => {
        const scores = Object.values(JSON.parse(said).categories).map(({ title, score }) => [title, score * 100]);
        scores.forEach(([title, score]) => console.log(title, score));
        process.exit(scores.every(([, score]) => score === 100) ? 0 : 1);
    })'
