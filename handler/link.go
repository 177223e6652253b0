package handler

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/matterport"
)

// Link answers GET ?modelId=ID with
//
//	{"link":"https://my.matterport.com/show?m=…","valid_until":"2026-01-02T15:04:05Z","expires_in":540}
//
// for a plain iframe. The link carries its token: Showcase shows it until that expires, and no longer.
// A page that uses the SDK must not load it, as the token in the address wins over those that the SDK
// is given later; it wants [Token].
func Link(iss *issuer.Issuer) http.Handler {
	return forPerson(http.MethodGet, func(w http.ResponseWriter, r *http.Request, u *identity.User) {
		t, err := issue(iss, r, u, 1)
		if err != nil {
			refuse(w, err)
			return
		}
		writeLink(w, t.Link, t.ValidUntil, t.ExpiresIn)
	})
}

// writeLink is the answer with a link whose token has so many seconds left.
func writeLink(w http.ResponseWriter, link matterport.Secret, validUntil time.Time, seconds int) {
	writeJSON(w, func(b []byte) []byte {
		b = append(b, `{"link":`...)
		b = appendString(b, string(link))
		b = append(b, `,"valid_until":"`...)
		b = validUntil.UTC().AppendFormat(b, time.RFC3339)
		b = append(b, `","expires_in":`...)
		b = strconv.AppendInt(b, int64(seconds), 10)
		return append(b, "}\n"...)
	})
}
