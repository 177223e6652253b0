package accounts

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/cookie"
)

// maxAttempts is how many attempts one browser may have at once. Their cookies take 1,200 bytes at most.
const maxAttempts = 16

// newAttempts keeps the proofs of the attempts that were begun in a browser. A cookie's value is the time
// when the attempt ends, a dot, and the proof. The time only tells which attempt is the oldest.
func newAttempts(redirectURL string) *cookie.Attempts {
	jar := cookie.Jar{Secure: strings.HasPrefix(redirectURL, "https:")}
	return &cookie.Attempts{Jar: jar, Prefix: jar.Name("pme-connect-"), Most: maxAttempts, Began: endOf}
}

// endOf is when an attempt ends. All attempts last equally long, so that it sorts them by when they began.
func endOf(_, value string) (time.Time, bool) {
	seconds, _, _ := strings.Cut(value, ".")
	end, err := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(end, 0), err == nil
}

// keepProof has the browser keep the attempt's proof until the attempt ends.
func (h *Handler) keepProof(w http.ResponseWriter, r *http.Request, a *connect.Attempt) {
	value := strconv.FormatInt(a.Ends.Unix(), 10) + "." + string(a.Proof)
	h.attempts.Keep(w, r, a.ID, value, a.Life)
}

// takeProof returns the attempt's proof and clears it. The proof is empty if this browser has none.
func (h *Handler) takeProof(w http.ResponseWriter, r *http.Request, attempt string) (proof string) {
	value, ok := h.attempts.Find(r, attempt)
	if !ok {
		return ""
	}
	h.attempts.End(w, r, attempt)
	_, proof, _ = strings.Cut(value, ".")
	return proof
}
