package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// A part is a module that is in the program.
type part struct {
	path, version, sum string
	licences           []licence
}

type licence struct {
	ids  []string // of SPDX; none for notices
	text []byte
}

// own is the prefix of the modules of this repository, which are released together, under one licence.
const own = "github.com/go-pme/pme"

var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicen[cs]e)([.-].*)?$`)
	noticeFile  = regexp.MustCompile(`(?i)^notice([.-].*)?$`) // goes with the program as well
)

// looked are files with many licences that a person has looked at, by their SHA-256: all that is compiled asks for nothing but its text. If
// one changes, look at its list of what is linked, and write its new sum here.
var looked = []string{
	"b4366b9c27a9364633e015011a231913ed19bf1228f335bf617e50a6f7b168a6", // modernc.org/sqlite v1.60.0: its list of third parties
	"f597097efe3d97021f89170746bd3a0fb9a8b6fb26b82043ed68a4e0283bee6c", // modernc.org/libc v1.77.1: its list of third parties
}

// notLicences are files that are named as if they had a licence for what is compiled.
var notLicences = []string{"LICENSE-LOGO"}

// partsOf returns the modules of a program, and the standard library, with their licences.
func partsOf(ctx context.Context, info *debug.BuildInfo) ([]part, error) {
	env, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	cache, goroot, _ := strings.Cut(strings.TrimSpace(string(env)), "\n")
	var problems []error
	add := func(parts []part, p part, dir string) []part {
		var err error
		p.licences, err = licencesIn(dir)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s %s: %w", p.path, p.version, err))
		}
		return append(parts, p)
	}
	parts := add(nil, part{path: "std", version: info.GoVersion}, goroot)
	for _, m := range info.Deps {
		if m.Path == own || strings.HasPrefix(m.Path, own+"/") {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		dir, err := inCache(cache, m)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		parts = add(parts, part{path: m.Path, version: m.Version, sum: m.Sum}, dir)
	}
	return parts, errors.Join(problems...)
}

// inCache returns the directory of a module in the cache.
func inCache(cache string, m *debug.Module) (string, error) {
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(m.Version)
	return filepath.Join(cache, path+"@"+version), err
}

// licencesIn returns the licences and notices at the top of a directory.
func licencesIn(dir string) (found []licence, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("run go mod download: %w", err)
	}
	recognised := false
	for _, e := range entries {
		isLicence := licenceFile.MatchString(e.Name()) && !slices.Contains(notLicences, e.Name())
		if e.IsDir() || !isLicence && !noticeFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		var ids []string
		if isLicence && !slices.Contains(looked, fmt.Sprintf("%x", sha256.Sum256(text))) {
			problem := ""
			if ids, problem = recognise(string(text)); problem != "" {
				return nil, fmt.Errorf("%s: %s", e.Name(), problem)
			}
			recognised = true
		}
		found = append(found, licence{ids, text})
	}
	if !recognised {
		return nil, errors.New("it has no licence")
	}
	return found, nil
}
