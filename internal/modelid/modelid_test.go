package modelid_test

import (
	"testing"

	"github.com/go-pme/pme/internal/modelid"
)

func TestValid(t *testing.T) {
	for id, want := range map[string]bool{
		"SxQL3iGyoDo": true, "00000000000": true, "zzzzzZZZZZZ": true,
		"": false, "SxQL3iGyoD": false, "SxQL3iGyoDoo": false, "SxQL3iGyoD-": false, "SxQL3iGyoD ": false,
		"SxQL3iGyo\u00e9": false, "SxQL3iGyoD\n": false, "SxQL3iGyoD/": false, "SxQL3iGyoD@": false, "SxQL3iGyoD[": false,
		"SxQL3iGyoD`": false, "SxQL3iGyoD{": false, "SxQL3iGyoD:": false, "abcdefghijklmnopqrstuvwxy": false,
	} {
		if got := modelid.Valid(id); got != want {
			t.Errorf("Valid(%q) = %v", id, got)
		}
	}
}
