package main

import (
	"encoding/json"
	"net/url"
	"runtime/debug"
	"slices"
)

type (
	// A document is a bill of materials as CycloneDX 1.5 writes it. It has no time and no serial number, so that the same program has the
	// same bill.
	document struct {
		Format     string      `json:"bomFormat"`
		Spec       string      `json:"specVersion"`
		Version    int         `json:"version"`
		Metadata   metadata    `json:"metadata"`
		Components []component `json:"components"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		PURL       string     `json:"purl"`
		Licences   []choice   `json:"licenses,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	choice struct {
		License struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// bill returns the bill of materials of a program.
func bill(info *debug.BuildInfo, parts []part) ([]byte, error) {
	d := document{Format: "CycloneDX", Spec: "1.5", Version: 1}
	d.Metadata.Component = component{Type: "application", Name: info.Path, Version: info.Main.Version, PURL: purl(info.Path, info.Main.Version)}
	for _, p := range parts {
		c := component{Type: "library", Name: p.path, Version: p.version, PURL: purl(p.path, p.version)}
		if p.sum != "" {
			c.Properties = []property{{"go:sum", p.sum}}
		}
		var ids []string
		for _, l := range p.licences {
			ids = append(ids, l.ids...)
		}
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			var one choice
			one.License.ID = id
			c.Licences = append(c.Licences, one)
		}
		d.Components = append(d.Components, c)
	}
	return json.MarshalIndent(d, "", "  ")
}

func purl(path, version string) string { return "pkg:golang/" + path + "@" + url.QueryEscape(version) }
