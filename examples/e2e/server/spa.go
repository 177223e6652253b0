package main

import (
	"encoding/json"
	"net/http"
)

// spaFrom serves the page of examples/spa, with where pme is.
func spaFrom(dir, site string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir(dir)))
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"pme": site + "/pme/"})
	})
	return mux
}
