package config_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "pme.yaml")
	_ = os.WriteFile(file, []byte("addr: 127.0.0.1:80\ndrain: 1m\nfleet:\n  keys: a secret\n"), 0o600)

	environment := func(name string) (string, bool) { return "127.0.0.1:8081", name == "PME_ADDR" }
	loaded, err := config.Load(config.Sources{File: file, Env: environment})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range loaded.Effective() {
		if v.Value != "" {
			fmt.Println(v.Path, v.Value, filepath.Base(v.Origin))
		}
	}
	// Output:
	// addr 127.0.0.1:8081 PME_ADDR
	// fleet.keys *** pme.yaml:4
	// drain 1m pme.yaml:2
}

func ExampleProblems() {
	_, err := config.Load(config.Sources{Env: func(name string) (string, bool) { return "loud", name == "PME_LOG_LEVEL" }})
	fmt.Println(err)
	// Output:
	// PME_LOG_LEVEL: log.level: the value is not one of those there are: write debug, info, warn or error
}
