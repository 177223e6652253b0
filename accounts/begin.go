package handler

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/personal"
)

// maxForm bounds the form that begins an attempt, in bytes.
const maxForm = 8 << 10

type beginAnswer struct {
	AuthorizeURL string        `json:"authorize_url"`
	ExpiresIn    int           `json:"expires_in"`
	Scopes       []scopeAnswer `json:"scopes"`
}

// begin begins an attempt. A form of a page has said before what is asked for; a script is told now, and
// has to say it before it sends the person to authorize_url.
func (c *Connect) begin(w http.ResponseWriter, r *http.Request, v visit) {
	fail := func(err error) { c.failConnect(w, r, err) }
	if forScript(r) {
		fail = func(err error) { c.refuse(w, r, v, err) }
	}
	if c.sameOrigin.Check(r) != nil {
		fail(connect.ErrDenied)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.ParseForm() != nil {
		fail(connect.ErrInvalid)
		return
	}
	a, err := c.connections.Begin(r.Context(), v.user, connect.Request{Connection: v.id, Label: r.PostForm.Get("label")})
	if err != nil {
		fail(err)
		return
	}
	c.cookies.keep(w, r, a, c.now())
	if !forScript(r) {
		seeOther(w, a.AuthorizeURL)
		return
	}
	writeValue(w, beginAnswer{
		AuthorizeURL: a.AuthorizeURL, ExpiresIn: int(a.Ends.Sub(c.now()) / time.Second), Scopes: c.scopesAnswer(),
	})
}

// forScript reports whether a script has sent a form, rather than the browser for a page.
func forScript(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// navigated reports whether a person is opening an address in the browser. Fetch metadata says so; browsers
// send it to secure origins only.
func navigated(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// seeOther sends the browser on by a GET.
func seeOther(w http.ResponseWriter, to string) {
	h := w.Header()
	h.Set("Location", to)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusSeeOther)
}

// writeValue answers with v in JSON.
func writeValue(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil { // cannot happen: all of it is text, numbers and times
		refuse(w, err)
		return
	}
	writeJSON(w, func(b []byte) []byte { return append(append(b, body...), '\n') })
}

var _ personal.Handler = (*Connect)(nil)
