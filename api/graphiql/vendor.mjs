// Makes the files in assets/ that are not ours anew: `node api/graphiql/vendor.mjs`, with Node 20 and npm.
//
// GraphiQL 3 comes from npm as one script with everything in it, which React's two scripts precede. It is made smaller
// here (minified, short module names), and its style sheet loses what would need more than 'self' in the page's
// Content-Security-Policy: fonts and pictures inside the text. The same versions give the same bytes, and
// tests/api/test_graphiql.py knows their hashes. After a change of versions: run it, look at the page in a browser, and
// give the test the hashes that it prints.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSIONS = { graphiql: "3.8.3", react: "18.2.0", "react-dom": "18.2.0", "graphql-ws": "5.16.2", esbuild: "0.25.0" };

const assets = join(dirname(fileURLToPath(import.meta.url)), "assets");
const work = mkdtempSync(join(tmpdir(), "graphiql-"));
const read = (path) => readFileSync(join(work, "node_modules", path), "utf8");

function install() {
  writeFileSync(join(work, "package.json"), "{}");
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const options = ["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"];
  execFileSync("npm", [...options, ...wanted], { cwd: work, stdio: "inherit" });
}

/** The names that webpack gave the modules, which are paths, by their order. */
function moduleNames(script) {
  return [...new Set([...script.matchAll(/^\/\*{3}\/ "([^"]+)":/gm)].map(([, name]) => name))];
}

function shortened(script) {
  const short = new Map(moduleNames(script).map((name, order) => [name, `m${order}`]));
  return script.replaceAll(/"([^"\n]+)"/g, (text, name) => (short.has(name) ? `"${short.get(name)}"` : text));
}

function selfContained(style) {
  const withoutFonts = style.replaceAll(/@font-face\s*\{[^}]*\}/g, "");
  return withoutFonts.replaceAll(/background(-image)?:\s*url\(["']?data:[^)]*\)[^;}]*;?/g, "");
}

/** The licence texts of all packages whose code is in the script, each text once. */
function licences(script) {
  const paths = moduleNames(script).map((name) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1]);
  const own = ["graphiql", "@graphiql/react", "@graphiql/toolkit", "codemirror-graphql", "graphql-language-service"];
  const names = [...new Set([...own, "react", "react-dom", ...paths.filter(Boolean)])].sort();
  const packages = new Map();
  for (const name of names) packages.set(licence(name), [...(packages.get(licence(name)) ?? []), name]);
  return [...packages].map(([text, of]) => `${of.join(", ")}\n\n${text}\n`).join(`\n${"-".repeat(78)}\n\n`);
}

function licence(name) {
  const folder = join(work, "node_modules", name);
  if (!existsSync(folder)) return "MIT licence (no text in the package).";
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file) return readFileSync(join(folder, file), "utf8").replaceAll("\r", "").trim();
  return `${JSON.parse(read(`${name}/package.json`)).license} licence (no text in the package).`;
}

function main() {
  install();
  const esbuild = createRequire(join(work, "package.json"))("esbuild");
  const minified = (text, loader) => esbuild.transformSync(text, { loader, minify: true, legalComments: "none" }).code;
  const script = read("graphiql/graphiql.min.js");
  const made = {
    "react.js": read("react/umd/react.production.min.js"),
    "react-dom.js": read("react-dom/umd/react-dom.production.min.js"),
    "graphiql.js": minified(shortened(script), "js"),
    "graphiql.css": minified(selfContained(read("graphiql/graphiql.min.css")), "css"),
    "LICENCES.txt": licences(script),
  };
  for (const [name, text] of Object.entries(made)) {
    writeFileSync(join(assets, name), text);
    console.log(createHash("sha256").update(text).digest("hex"), name, text.length);
  }
  rmSync(work, { recursive: true });
}

main();
