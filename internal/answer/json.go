package answer

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}

// Body answers 200 with the JSON that fill appends to its argument, under the headers of every JSON
// answer. It does not check that the JSON is well formed.
func Body(w http.ResponseWriter, fill func([]byte) []byte) {
	b := buffers.Get().(*[]byte)
	*b = fill((*b)[:0])
	JSON(w.Header())
	_, _ = w.Write(*b) // a browser that has gone needs no answer
	buffers.Put(b)
}

// Value answers 200 with v in JSON. v must be made of what JSON has a form for: text, numbers, times,
// and structs, slices and maps of these.
func Value(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		Error(w, http.StatusInternalServerError, "upstream_error", "This cannot be shown.")
		return
	}
	Body(w, func(b []byte) []byte { return append(append(b, body...), '\n') })
}

// Token answers with a viewing token that has so many seconds left, as createTokenRefresher of the
// Showcase SDK wants it.
func Token(w http.ResponseWriter, token string, seconds int) {
	Body(w, func(b []byte) []byte {
		b = append(b, `{"access_token":`...)
		b = AppendString(b, token)
		b = append(b, `,"token_type":"Bearer","expires_in":`...)
		b = strconv.AppendInt(b, int64(seconds), 10)
		return append(b, "}\n"...)
	})
}

// Link answers with a Showcase link whose token has so many seconds left.
func Link(w http.ResponseWriter, link string, validUntil time.Time, seconds int) {
	Body(w, func(b []byte) []byte {
		b = append(b, `{"link":`...)
		b = AppendString(b, link)
		b = append(b, `,"valid_until":"`...)
		b = validUntil.UTC().AppendFormat(b, time.RFC3339)
		b = append(b, `","expires_in":`...)
		b = strconv.AppendInt(b, int64(seconds), 10)
		return append(b, "}\n"...)
	})
}

// plain holds the characters that stand for themselves in a JSON string, and in a page around it.
var plain = func() (is [256]bool) {
	for c := ' '; c <= '~'; c++ {
		is[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return is
}()

// AppendString appends s as a JSON string. It allocates only if s needs escaping.
func AppendString(b []byte, s string) []byte {
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
