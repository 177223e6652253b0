package main

import (
	"path"
	"strings"
)

// imports is the import path of each package that a block may name.
type imports map[string]string

// packages returns what a block may name: the public packages of the checkout, and what documents use beside them.
func packages(files []string) imports {
	known := imports{
		"context": "context", "errors": "errors", "fmt": "fmt", "http": "net/http", "log": "log", "netip": "net/netip",
		"os": "os", "slog": "log/slog", "time": "time", "tls": "crypto/tls", "x509": "crypto/x509",
		"sessions": "github.com/gorilla/sessions",
		"metric":   "go.opentelemetry.io/otel/sdk/metric", "prometheus": "go.opentelemetry.io/otel/exporters/prometheus",
		"promhttp": "github.com/prometheus/client_golang/prometheus/promhttp",
	}
	for _, file := range files {
		dir := path.Dir(file)
		if path.Ext(file) != ".go" || dir == "." || hidden(dir) {
			continue
		}
		known[path.Base(dir)] = "github.com/go-pme/pme/" + dir
	}
	known["pme"] = "github.com/go-pme/pme"
	return known
}

func hidden(dir string) bool {
	top, _, _ := strings.Cut(dir, "/")
	return top == "examples" || top == "tools" || strings.Contains("/"+dir+"/", "/internal/")
}
