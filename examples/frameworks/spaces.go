package main

import (
	"slices"

	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// spaces are enough of them that the gallery offers to search.
var spaces = slices.Concat(demo.Spaces, []matterporttest.Model{
	{ID: "Lb7Qw2TzVx4", Name: "Boathouse", Folder: "Lake"},
	{ID: "Nc9Rk3UaWy5", Name: "Lighthouse", Folder: "Lake"},
	{ID: "Pd1Sm4VbXz6", Name: "Orchard house", Folder: "Hill"},
	{ID: "Qe2Tn5WcYa7", Name: "Vineyard", Folder: "Hill"},
	{ID: "Rf3Up6XdZb8", Name: "Old mill", Folder: "Hill"},
	{ID: "Sg4Vq7YeAc9", Name: "Gatehouse", Folder: "Hill"},
})
