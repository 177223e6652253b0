package main

import (
	"compress/gzip"
	"net/http"
	"strings"
)

// compressed answers as a server on the internet does, whose proxy compresses text. Streams of events are left as they are.
func compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

type zipped struct {
	http.ResponseWriter

	body  *gzip.Writer // nil: not compressed
	begun bool
}

func (z *zipped) WriteHeader(status int) {
	h := z.Header()
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	if !z.begun && status == http.StatusOK && (strings.HasPrefix(kind, "text/") || kind == "application/json") && kind != "text/event-stream" {
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
		h.Del("Content-Length")
		z.body = gzip.NewWriter(z.ResponseWriter)
	}
	z.begun = true
	z.ResponseWriter.WriteHeader(status)
}

func (z *zipped) Write(p []byte) (int, error) {
	if !z.begun {
		z.WriteHeader(http.StatusOK)
	}
	if z.body != nil {
		return z.body.Write(p)
	}
	return z.ResponseWriter.Write(p)
}

// FlushError begins an answer, as streams do before they have anything to say.
func (z *zipped) FlushError() error {
	if !z.begun {
		z.WriteHeader(http.StatusOK)
	}
	if z.body != nil {
		_ = z.body.Flush()
	}
	return http.NewResponseController(z.ResponseWriter).Flush()
}

func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *zipped) close() {
	if z.body != nil {
		_ = z.body.Close()
	}
}
