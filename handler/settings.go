package handler

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer"
)

type settingsAnswer struct {
	Showcase string `json:"showcase"`
	SDK      string `json:"sdk"`
	SDKKey   string `json:"sdk_key"`
	Selector string `json:"selector,omitempty"`
	Viewer   string `json:"viewer"`
}

// Settings answers GET with what the browser module has to know of p:
//
//	{"showcase":"https://my.matterport.com","sdk":"https://static.matterport.com/…","sdk_key":"…","viewer":"…"}
//
// sdk_key is empty where there is no SDK. viewer is opaque: two of a browser's tabs may share a token where
// it is the same for both. It changes with the person, with the sign-in where the host tells them apart, and
// whenever iss has revoked a token of theirs, so that no tab is handed what is no longer good. It reports everything
// that is wrong with p.
func Settings(p Player, iss *issuer.Issuer) (http.Handler, error) {
	p, err := p.checked()
	if err != nil {
		return nil, err
	}
	process := rand.Text()
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		u, ok := identity.FromContext(r.Context())
		if !ok {
			refuse(w, issuer.ErrNotSignedIn)
			return
		}
		writeSettings(w, p, "", viewer(process, u.ID, u.Session, strconv.FormatUint(revocations.Of(iss, u.ID), 10)))
	}), nil
}

func writeSettings(w http.ResponseWriter, p Player, selector, viewer string) {
	body, err := json.Marshal(settingsAnswer{Showcase: p.ShowcaseURL, SDK: p.SDKURL, SDKKey: p.SDKKey, Selector: selector, Viewer: viewer})
	if err != nil { // cannot happen: every string has a form in JSON
		refuse(w, err)
		return
	}
	writeJSON(w, func(b []byte) []byte { return append(append(b, body...), '\n') })
}

// viewer tells apart what differs in a part, and says nothing else about it.
func viewer(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		_, _ = h.Write(strconv.AppendQuote(nil, part)) // quoted, so that no two lists read the same
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
