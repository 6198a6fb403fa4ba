// Makes static/build/: one stylesheet, the two font files cut to the letters we use, the scripts.
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const built = join(here, "build");
// Made beside the old one and put in its place at the end: pages never meet half a build.
const out = `${built}.${process.pid}`;

// Latin letters of French, Dutch, German and English, and the signs that our pages print.
const LETTERS =
  Array.from({ length: 0x7e - 0x20 + 1 }, (_, i) => String.fromCodePoint(0x20 + i)).join("") +
  "\u00a0\u202f§«»°±·½×ÀÁÂÄÇÈÉÊËÌÍÎÏÑÒÓÔÖÙÚÛÜßàáâäçèéêëìíîïñòóôöùúûüÿŒœ–—‘’“”„•…€→←";

async function styles() {
  const { css } = await sass.compileAsync(join(here, "scss", "portal.scss"), {
    style: "compressed",
    charset: false,
    loadPaths: [modules],
    quietDeps: true,
  });
  await writeFile(join(out, "portal.css"), css);
}

async function fonts() {
  await mkdir(join(out, "fonts"));
  for (const weight of [400, 700]) {
    const name = `atkinson-hyperlegible-latin-${weight}-normal.woff2`;
    const whole = await readFile(join(modules, "@fontsource/atkinson-hyperlegible/files", name));
    const cut = await subsetFont(whole, LETTERS, {
      targetFormat: "woff2",
      noHinting: true,
      keepFeatures: ["kern", "mark", "ccmp", "tnum"],
    });
    await writeFile(join(out, "fonts", `atkinson-${weight}.woff2`), cut);
  }
  await cp(join(modules, "@fontsource/atkinson-hyperlegible/LICENSE"), join(out, "fonts", "LICENSE.txt"));
}

async function scripts() {
  await mkdir(join(out, "js"));
  for (const name of await readdir(join(here, "js"))) {
    await cp(join(here, "js", name), join(out, "js", name));
  }
  const vendored = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "accessible-autocomplete.js": "accessible-autocomplete/dist/accessible-autocomplete.min.js",
  };
  for (const [name, source] of Object.entries(vendored)) {
    const text = await readFile(join(modules, source), "utf8");
    // The source map is not shipped, and the storage with hashed names refuses a link to a missing file.
    await writeFile(join(out, "js", name), text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
  }
}

try {
  await mkdir(out);
  await Promise.all([styles(), fonts(), scripts(), cp(join(here, "img"), join(out, "img"), { recursive: true })]);
  await rm(built, { recursive: true, force: true });
  await rename(out, built);
} finally {
  await rm(out, { recursive: true, force: true });
}
