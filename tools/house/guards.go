package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"go.yaml.in/yaml/v3"
)

// A guard is the files of one depguard rule of .golangci.yml.
type guard struct {
	files, except []glob.Glob
}

// unguarded reports the public packages that no depguard rule covers, so that a new package cannot come
// without a decision on what it may import. The root package puts all others together and needs no rule.
func (h *house) unguarded() ([]string, error) {
	guards, err := h.guards()
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, r := range h.rooms {
		if r.dir == "." || !r.public() {
			continue
		}
		for _, file := range r.files() {
			if !covered(filepath.Join(r.Dir, file), guards) {
				problems = append(problems, fmt.Sprintf("%s: no depguard rule of .golangci.yml covers %s", r.name, file))
				break
			}
		}
	}
	return problems, nil
}

func covered(file string, guards []guard) bool {
	for _, g := range guards {
		if matches(file, g.files) && !matches(file, g.except) {
			return true
		}
	}
	return false
}

func matches(file string, globs []glob.Glob) bool {
	for _, g := range globs {
		if g.Match(file) {
			return true
		}
	}
	return false
}

// guards reads the rules. A rule without files is for every package and says nothing about a single one.
func (h *house) guards() ([]guard, error) {
	data, err := os.ReadFile(filepath.Join(h.root, ".golangci.yml"))
	if err != nil {
		return nil, err
	}
	var config struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct{ Files []string }
				}
			}
		}
	}
	if err := yaml.Unmarshal(data, &config); err != nil {
		return nil, fmt.Errorf(".golangci.yml: %w", err)
	}
	var guards []guard
	for name, rule := range config.Linters.Settings.Depguard.Rules {
		g, err := h.compile(rule.Files)
		if err != nil {
			return nil, fmt.Errorf(".golangci.yml: depguard rule %s: %w", name, err)
		}
		guards = append(guards, g)
	}
	return guards, nil
}

// compile reads globs as depguard does: an exclamation mark excepts files. Names such as $test stand for
// files that are no part of this check.
func (h *house) compile(patterns []string) (g guard, err error) {
	for _, pattern := range patterns {
		pattern, except := strings.CutPrefix(pattern, "!")
		if strings.HasPrefix(pattern, "$") && !strings.HasPrefix(pattern, "${") {
			continue
		}
		compiled, err := glob.Compile(strings.ReplaceAll(pattern, "${config-path}", h.root), '/')
		if err != nil {
			return guard{}, err
		}
		if except {
			g.except = append(g.except, compiled)
		} else {
			g.files = append(g.files, compiled)
		}
	}
	return g, nil
}
