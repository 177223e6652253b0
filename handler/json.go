package handler

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/go-pme/pme/internal/answer"
)

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}

// writeJSON writes the body that fill appends, under the headers of every JSON answer.
func writeJSON(w http.ResponseWriter, fill func([]byte) []byte) {
	b := buffers.Get().(*[]byte)
	*b = fill((*b)[:0])
	answer.JSON(w.Header())
	_, _ = w.Write(*b) // a browser that has gone needs no answer
	buffers.Put(b)
}

// plain holds the characters that stand for themselves in a JSON string, and in a page around it.
var plain = func() (is [256]bool) {
	for c := ' '; c <= '~'; c++ {
		is[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return is
}()

// appendString appends s as a JSON string, without a detour where nothing in it needs escaping.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if !plain[s[i]] {
			quoted, err := json.Marshal(s)
			if err != nil { // cannot happen: every string has a form in JSON
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
