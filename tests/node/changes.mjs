// What the schema takes away from the clients of the last release must be declared in the changelog:
// `node changes.mjs RELEASED SCHEMA CHANGELOG`. A declaration is an entry below "### Breaking" of the unreleased
// changes that names the coordinate, e.g. `Balance.onHand`. A declaration of what does not break is a mistake too.

import { readFile } from "node:fs/promises";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [released, schema, changelog] = await Promise.all(process.argv.slice(2).map((path) => readFile(path, "utf8")));

const changes = await diff(buildSchema(released), buildSchema(schema));
const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking);
const declared = declaredIn(changelog);

const broken = new Set(breaking.map((change) => change.path));
const mistakes = [
  ...breaking.filter(({ path }) => !declared.has(path)).map(({ path, message }) => `\`${path}\` breaks: ${message}`),
  ...[...declared].filter((path) => !broken.has(path)).map((path) => `\`${path}\` is declared, and does not break.`),
];
if (mistakes.length > 0) {
  console.error(mistakes.join("\n"));
  console.error("Keep what clients use, or declare it in CHANGELOG.md, below ### Breaking of the unreleased changes.");
  process.exitCode = 1;
}

function declaredIn(text) {
  const unreleased = text.split(/^## /m).find((section) => section.startsWith("Unreleased")) ?? "";
  const section = unreleased.split(/^### /m).find((part) => part.startsWith("Breaking")) ?? "";
  return new Set([...section.matchAll(/^- `([^`]+)`/gm)].map(([, coordinate]) => coordinate));
}
