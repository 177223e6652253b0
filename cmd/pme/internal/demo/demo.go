// Package demo has what pme serve shows without a configuration: an emulator of Matterport, an allow-list, and a login for three people
// whose password everybody knows. It is for a loopback address only.
package demo

import (
	_ "embed" // the allow-list
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/secret"
)

//go:embed allow.yaml
var allowList []byte

// spaces are those of the allow-list.
var spaces = []matterporttest.Model{
	{ID: "SxQL3iGyoDo", Name: "Head office", InternalID: "A-1", Folder: "Bern"},
	{ID: "yyHDFKzPzvN", Name: "Warehouse", InternalID: "A-2", Folder: "Bern/Depot"},
	{ID: "JGPnGQ6hosj", Name: "Showroom", InternalID: "A-3", Folder: "Bern"},
	{ID: "Zh14WDtkjdC", Name: "Laboratory", InternalID: "B-1", Folder: "Basel"},
	{ID: "iL4RdJqi2yK", Name: "Guest house", InternalID: "B-2", Folder: "Basel"},
	{ID: "RpcBbeJYb8K", Name: "Data centre", InternalID: "B-3", Folder: "Basel/Vault"},
}

// Emulate starts an emulator of Matterport, and says in cfg how it is reached.
func Emulate(cfg *config.Config) (end func(), err error) {
	emulator, err := matterporttest.Start("", matterporttest.Config{Models: spaces})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	cfg.Matterport = config.Matterport{
		ClientID:     matterporttest.DefaultClientID,
		ClientSecret: config.SecretOf(secret.Fixed(matterporttest.DefaultClientSecret)),
		APIURL:       emulator.URL,
		ShowcaseURL:  emulator.URL,
		SDKURL:       emulator.URL + "/sdk.es6.js",
		SDKKey:       config.SecretOf(secret.Fixed(matterporttest.DefaultSDKKey)),
		Places:       true,
	}
	return emulator.Close, nil
}

// WriteAllowList writes the allow-list of the demo to a file of its own, and says in cfg where it is.
func WriteAllowList(cfg *config.Config) (remove func(), err error) {
	dir, err := os.MkdirTemp("", "pme-demo-")
	if err != nil {
		return nil, fmt.Errorf("demo: the allow-list needs a directory for temporary files, as TMPDIR names it: %w", err)
	}
	remove = func() { _ = os.RemoveAll(dir) }
	cfg.Access.File = filepath.Join(dir, "allow.yaml")
	if err := os.WriteFile(cfg.Access.File, allowList, 0o600); err != nil {
		remove()
		return nil, fmt.Errorf("demo: %w", err)
	}
	return remove, nil
}
