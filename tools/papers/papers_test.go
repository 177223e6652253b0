package main

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/tools/internal/checkouttest"
)

func TestEachProblemIsReported(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a citation of a missing document": {
			map[string]string{"a.go": "package a\n\n// see FACTS.md §1\n"},
			"a.go:3 cites FACTS.md, which does not exist",
		},
		"a citation of a missing section": {
			map[string]string{"a.go": "package a\n\n// see docs/facts.md §1, §3\n", "docs/facts.md": "## 1. First\n\n## 2. Second\n"},
			"a.go:3 cites docs/facts.md §3, which does not exist",
		},
		"a link to a missing file": {
			map[string]string{"docs/a.md": "[b](b.md)\n"},
			"docs/a.md: the link to b.md leads nowhere",
		},
		"a link to a missing heading": {
			map[string]string{"a.md": "[b](docs/b.md#one-two)\n", "docs/b.md": "# One\n"},
			"a.md: the link to docs/b.md#one-two leads nowhere",
		},
		"a document that is not listed": {
			map[string]string{"llms.txt": "- [a](a.md)\n", "a.md": "# A\n", "docs/b.md": "# B\n", "docs/c/d.md": "# D\n"},
			"llms.txt does not list docs/b.md",
		},
		"a list of a missing document": {
			map[string]string{"llms.txt": "- [a](a.md)\n"},
			"llms.txt: the link to a.md leads nowhere",
		},
		"a warning that is not explained": {
			map[string]string{"a.go": "package a\n\nvar _ = log.LogAttrs(ctx, slog.LevelWarn, \"store \"+\n\t\"away\")\n", "docs/troubleshooting.md": "store away"},
			"a.go:3: docs/troubleshooting.md does not explain `store away`",
		},
		"an error that is not explained": {
			map[string]string{"a.go": "package a\n\nvar _ = log.ErrorContext(ctx, \"store away\")\n"},
			"a.go:3: docs/troubleshooting.md does not explain `store away`",
		},
		"a word in the comment of a function": {
			map[string]string{"a.go": "package a\n\n// F reports doubt.\nfunc F() {}\n"},
			`a.go:3: "doubt" in a comment: write "error"`,
		},
		"a word in the comment of a field": {
			map[string]string{"a.go": "package a\n\ntype T struct {\n\tF int // Nobody knows\n}\n"},
			`a.go:4: "Nobody" in a comment: write "no user", "unauthenticated", or what does not happen`,
		},
		"a word in the comment of a method of an interface": {
			map[string]string{"a.go": "package a\n\ntype T interface {\n\t// M is on record.\n\tM()\n}\n"},
			`a.go:4: "on record" in a comment: write "stored"`,
		},
		"a word in a function": {
			map[string]string{"a.go": "package a\n\nfunc f() {\n\t// somebody\n}\n"},
			`a.go:4: "somebody" in a comment: write "a user"`,
		},
		"a word in the comment of a package": {
			map[string]string{"a.go": "// Package a has tokens at hand.\npackage a\n"},
			`a.go:1: "at hand" in a comment: write "cached"`,
		},
		"a custom property that is not in the table": {
			map[string]string{"pages/assets/pme.css": "a { color: var(--pme-ink, #000); }\n", "docs/theming.md": "Set `--pme-ink`.\n"},
			"docs/theming.md has no row for --pme-ink",
		},
		"a custom property of the element, without a document": {
			map[string]string{"pages/browser/sheet.js": "a { color: var(--pme-stage-ink); }\n"},
			"docs/theming.md has no row for --pme-stage-ink",
		},
		"a custom property with another colour": {
			map[string]string{
				"pages/assets/pme.css": "a { color: var(--pme-ink, light-dark(#1b1d20, #ededea)); }\n",
				"docs/theming.md":      "| `--pme-ink` | words | `#1b1d20` | `#eee` |\n",
			},
			"docs/theming.md does not say that --pme-ink is #ededea by default",
		},
		"a custom property that no style reads": {
			map[string]string{"docs/theming.md": "```css\n:root { --pme-shadow: none; }\n```\n"},
			"docs/theming.md names --pme-shadow, which no style reads",
		},
		"an npm package without the version of the release": {
			map[string]string{"CHANGELOG.md": "## [Unreleased]\n\n## [0.4.0] - 2026-12-01\n\n## [0.3.0] - 2026-11-01\n", "b/package.json": `{"version":"0.3.0"}`},
			"b/package.json has version 0.3.0, the newest of CHANGELOG.md is 0.4.0",
		},
		"an npm package with a version before the first release": {
			map[string]string{"CHANGELOG.md": "## [Unreleased]\n", "package.json": `{"version":"0.1.0"}`},
			"package.json has version 0.1.0, the newest of CHANGELOG.md is 0.0.0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := run(t.Context(), checkouttest.Write(t, test.files))
			if want := "the papers have problems: 1\n  - " + test.want; err == nil || err.Error() != want {
				t.Errorf("got: %v\nwant: %s", err, want)
			}
		})
	}
}

func TestSoundPapers(t *testing.T) {
	files := map[string]string{
		"a.go":                    "// Package a is plain (docs/b.md §2).\npackage a\n\n// It is not exported.\nvar _ = 0\n",
		"a_test.go":               "package a\n\n// T is at hand.\nfunc T() { log.Warn(\"w\") }\n",
		"log.go":                  "package a\n\nvar _, _ = log.InfoContext(ctx, \"i\"), log.LogAttrs(ctx, level, \"e\")\n",
		"README.md":               "[b](docs/b.md#2-second-half) [docs](docs) [here](#here) [out](https://example.com/x) ![p](picture)\n\n## Here\n\n```go\nx[i](y)\n```\n",
		"docs/troubleshooting.md": "`e`",
		"docs/b.md":               "## 1. First\n\n## 2. Second `half`\n\n[back](../README.md)\n",
		"docs/theming.md":         "The `--pme-…` properties:\n\n| `--pme-ink` | words | `#000` | `#fff` |\n| `--pme-font` | | |\n",
		"pages/assets/pme.css":    "a { --ink: var(--pme-ink, light-dark(#000, #fff)); font: 1rem var(--pme-font, system-ui); } /* --pme-* */",
		"pages/browser/sheet.js":  "b { font: 1rem var(--pme-font, sans-serif); }",
		"picture":                 "\x00 FACTS.md",
		"CHANGELOG.md":            "## [Unreleased]\n\n## [0.5.0-rc.1] - 2026-12-01\n",
		"assets/package.json":     `{"version": "0.5.0-rc.1"}`,
		"tests/package.json":      `{"private": true}`,
	}
	if err := run(t.Context(), checkouttest.Write(t, files)); err != nil {
		t.Error(err)
	}
}

func TestBrokenSource(t *testing.T) {
	err := run(t.Context(), checkouttest.Write(t, map[string]string{"a.go": "package a\n\nfunc {\n"}))
	if err == nil || !strings.Contains(err.Error(), "a.go:3") {
		t.Errorf("got: %v", err)
	}
}
