package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
)

// checkBundles reports what a page would miss.
func checkBundles(dist string) error {
	for _, page := range applications {
		if _, err := os.Stat(filepath.Join(dist, page.Bundle, "main.js")); err != nil {
			return fmt.Errorf("%w\nBuild the pages first: (cd examples/frameworks && npm ci --ignore-scripts && npm run build)\n"+
				"(the default is for running from the project's root; -dist names another directory)", err)
		}
	}
	return nil
}

// serveBundles serves the files of the directory. Their names stay the same from build to build, so browsers ask each time.
func serveBundles(dist string) http.Handler {
	files := http.FileServer(http.Dir(dist))
	return http.StripPrefix("/dist", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	}))
}
