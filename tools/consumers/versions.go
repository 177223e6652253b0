package main

import (
	"fmt"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/go-pme/pme/tools/internal/checkout"
)

// unreleased is the version of a module that no other module requires.
const unreleased = "v0.0.0"

// chooseVersions returns the version of each published module: the given one, or the one that all modules
// of the checkout require.
func chooseVersions(published, all []*checkout.Module, version string) (map[string]string, error) {
	versions := map[string]string{}
	for _, m := range published {
		v := version
		if v == "" {
			var err error
			if v, err = requiredVersion(m.Path, all); err != nil {
				return nil, err
			}
		}
		if err := module.Check(m.Path, v); err != nil {
			return nil, err
		}
		versions[m.Path] = v
	}
	return versions, nil
}

func requiredVersion(path string, all []*checkout.Module) (string, error) {
	version := ""
	for _, m := range all {
		for _, require := range m.File.Require {
			if require.Mod.Path != path {
				continue
			}
			if version != "" && version != require.Mod.Version {
				return "", fmt.Errorf("modules of the checkout require %s at %s and at %s", path, version, require.Mod.Version)
			}
			version = require.Mod.Version
		}
	}
	if version == "" {
		version = unreleased
	}
	return version, nil
}

// publishedGoMod returns the go.mod of m as a release has it: modules of the checkout are required at the
// published versions, and not replaced. Other replacements are an error: an application ignores them and
// compiles what was never tested.
func (s *shipment) publishedGoMod(m *checkout.Module) ([]byte, error) {
	file, err := copyOf(m.File)
	if err != nil {
		return nil, err
	}
	for _, replace := range m.File.Replace {
		if s.versions[replace.Old.Path] == "" {
			return nil, fmt.Errorf("%s replaces %s, which applications ignore", m.Path, replace.Old.Path)
		}
		if err := file.DropReplace(replace.Old.Path, replace.Old.Version); err != nil {
			return nil, err
		}
	}
	for _, require := range m.File.Require {
		if version := s.versions[require.Mod.Path]; version != "" {
			if err := file.AddRequire(require.Mod.Path, version); err != nil {
				return nil, err
			}
		}
	}
	file.Cleanup()
	return file.Format()
}

func copyOf(file *modfile.File) (*modfile.File, error) {
	data, err := file.Format()
	if err != nil {
		return nil, err
	}
	return modfile.Parse(file.Syntax.Name, data, nil)
}
